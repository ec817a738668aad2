import {
  runSteps,
  type Step,
  type StepResult,
  sayFailures,
  shellScripts,
} from "../../../scripts/steps";

afterEach(() => {
  jest.restoreAllMocks();
});

test("finds what a shell reads, with its ending or without, and nothing else", () => {
  const found = shellScripts();
  expect(found).toEqual(
    expect.arrayContaining([
      ".ci/run",
      "components/remote/prelude.sh",
      "components/snikket/turn-addresses",
      "sandbox/images/server/etc/sv/coturn/finish",
    ]),
  );
  expect(found).not.toContain("sandbox/images/server/usr/local/bin/snikket-turn-addresses"); // Lua
  expect(found).not.toContain("sandbox/images/Dockerfile");
  expect(found.filter((file) => file.startsWith("tests/"))).toEqual([]);
});

describe("runSteps", () => {
  /** Runs this in a shell as one step; gives what it came to and what was shown. */
  async function ran(text: string, more: Partial<Step> = {}) {
    const write = jest.spyOn(process.stdout, "write").mockReturnValue(true);
    const [result] = await runSteps([{ name: "one", command: ["/bin/sh", "-c", text], ...more }]);
    return { result, shown: write.mock.calls.join("") };
  }
  const count = () => ({ passed: 7, failed: 0, skipped: 1, names: ["it rests"] });

  it("goes by the exit status where nothing is counted, and is silent about what goes well", async () => {
    const { result, shown } = await ran("echo noise");
    expect(result).toMatchObject({ name: "one", ok: true, passed: 1, failed: 0 });
    expect(shown).toMatch(/^ok {5}one .* 1 passed, 0 failed\n$/);
  });

  it("says what was skipped", async () => {
    const { result, shown } = await ran("true", { count });
    expect(result).toMatchObject({ ok: true, passed: 7, failed: 0, skipped: 1 });
    expect(shown).toContain("7 passed, 0 failed, 1 skipped\n       skipped: it rests\n");
  });

  it("counts a runner that fails without a failed test as failed, and shows its output", async () => {
    const { result, shown } = await ran("echo out of memory >&2; exit 9", { count });
    expect(result).toMatchObject({ ok: false, passed: 7, failed: 1 });
    expect(shown).toMatch(/^out of memory\nFAILED one .* 7 passed, 1 failed, 1 skipped\n/);
  });

  it("says at once why one failed whose output went by while it ran", async () => {
    const failed = { passed: 0, failed: 1, skipped: 0, failures: ["it sings: too high"] };
    const { shown } = await ran("exit 1", { live: true, count: () => failed });
    expect(shown).toMatch(
      /^FAILED one .* 0 passed, 1 failed\n\nFAILED in one: it sings: too high\n$/,
    );
  });

  it.each([
    ["is killed", ["/bin/sh", "-c", "kill -KILL $$"]],
    ["cannot be run", ["/nowhere/runner"]],
  ] as [string, Step["command"]][])("counts a runner that %s as failed", async (_, command) => {
    const { result } = await ran("", { command, count });
    expect(result).toMatchObject({ ok: false, failed: 1 });
  });

  it("does not count failed tests twice", async () => {
    const counted = { count: () => ({ passed: 1, failed: 2, skipped: 0 }) };
    expect((await ran("exit 1", counted)).result).toMatchObject({ ok: false, failed: 2 });
    expect((await ran("exit 0", counted)).result).toMatchObject({ ok: false, failed: 2 });
  });

  it("keeps the last lines of what failed without saying why", async () => {
    const { result } = await ran("seq 100; exit 1");
    expect(result?.failures).toEqual([Array.from({ length: 30 }, (_, i) => i + 71).join("\n")]);
    expect((await ran("true")).result?.failures).toBeUndefined();
  });

  it("leaves the runner's own reasons as they are", async () => {
    const failures = ["it sings: too high"];
    const counted = { count: () => ({ passed: 0, failed: 1, skipped: 0, failures }) };
    expect((await ran("echo noise; exit 1", counted)).result).toMatchObject({ failures });
  });
});

test("says again what failed, with the step's name, and nothing of what went well", () => {
  const write = jest.spyOn(process.stdout, "write").mockReturnValue(true);
  const result = { ok: true, seconds: 1, passed: 1, failed: 0, skipped: 0 };
  sayFailures([
    { ...result, name: "good" },
    { ...result, name: "bad", failures: ["it sings\ntoo high", "it dances"] },
  ] satisfies StepResult[]);
  expect(write.mock.calls.join("")).toBe(
    "\nFAILED in bad: it sings\ntoo high\n\nFAILED in bad: it dances\n",
  );
});
