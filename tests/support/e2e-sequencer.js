const Sequencer = require("@jest/test-sequencer").default;

/** Tests of the whole share one sandbox: they run by their numbers, after everything else. */
module.exports = class extends Sequencer {
  sort(tests) {
    const [first, shared] = [false, true].map((wanted) =>
      tests.filter(({ path }) => /\/tests\/(e2e|faults)\//.test(path) === wanted),
    );
    const byName = (one, other) => (one.path < other.path ? -1 : 1);
    return [...super.sort(first), ...shared.sort(byName)];
  }
};
