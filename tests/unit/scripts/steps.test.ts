import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import {
  jestCounts,
  runSteps,
  type Step,
  shellScripts,
  tapCounts,
  total,
  words,
} from "../../../scripts/steps";

let folder: string;
let report: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "steps-"));
  report = path.join(folder, "report.json");
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
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

test("adds up what the steps came to, in words", () => {
  const all = total([
    { passed: 3, failed: 1, skipped: 2 },
    { passed: 40, failed: 0, skipped: 5 },
  ]);
  expect(all).toEqual({ passed: 43, failed: 1, skipped: 7 });
  expect(words(all)).toBe("43 passed, 1 failed, 7 skipped");
  expect(words(total([]))).toBe("0 passed, 0 failed");
});

describe("jestCounts", () => {
  const seen = {
    numPassedTests: 4,
    numFailedTests: 0,
    numPendingTests: 1,
    numRuntimeErrorTestSuites: 0,
    testResults: [
      {
        assertionResults: [
          { fullName: "it sings", status: "passed" },
          { fullName: "it dances", status: "pending" },
        ],
      },
      { assertionResults: [] },
    ],
  };
  const counts = (found: object) => {
    writeFileSync(report, JSON.stringify({ ...seen, ...found }));
    return jestCounts(report);
  };

  it("names what was skipped", () => {
    expect(counts({})).toEqual({ passed: 4, failed: 0, skipped: 1, names: ["it dances"] });
  });

  it("counts a suite that crashed as failed, though no test of it did", () => {
    expect(counts({ numRuntimeErrorTestSuites: 2 })).toMatchObject({ passed: 4, failed: 2 });
    expect(counts({ numFailedTests: 3, numRuntimeErrorTestSuites: 2 })).toMatchObject({
      failed: 5,
    });
  });

  it.each([
    ["missing", undefined],
    ["empty", ""],
    ["cut off", '{"numPassedTests": 4'],
    ["of something else", "{}"],
  ])("counts a report that is %s as failed", (_, text) => {
    if (text !== undefined) writeFileSync(report, text);
    expect(jestCounts(report)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

test("tapCounts tells passed, failed and skipped apart, wherever the words stand", () => {
  const lines = [
    "1..4",
    "ok 1 it sings",
    "not ok 2 it dances",
    "# ok 9 is what it printed",
    "ok 3 it rests # SKIP no chair",
    "ok 4 is not ok to skip",
  ];
  expect(tapCounts(lines.join("\n"))).toEqual({
    passed: 2,
    failed: 1,
    skipped: 1,
    names: ["it rests # SKIP no chair"],
  });
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
});
