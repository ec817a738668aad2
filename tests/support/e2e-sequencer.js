const Sequencer = require("@jest/test-sequencer").default;

/** End-to-end tests share one sandbox: they run by their numbers, after everything else. */
module.exports = class extends Sequencer {
  sort(tests) {
    const [first, shared] = [false, true].map((wanted) =>
      tests.filter(({ path }) => path.includes("/tests/e2e/") === wanted),
    );
    const byName = (one, other) => (one.path < other.path ? -1 : 1);
    return [...super.sort(first), ...shared.sort(byName)];
  }
};
