import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { jestCounts, tapCounts, total, words } from "../../../scripts/counts";

let folder: string;
let report: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "counts-"));
  report = path.join(folder, "report.json");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
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
    expect(counts({})).toEqual({
      passed: 4,
      failed: 0,
      skipped: 1,
      names: ["it dances"],
      failures: [],
    });
  });

  it("keeps why each test failed, and why a file could not be run", () => {
    const failed = { fullName: "it sings", status: "failed", failureMessages: ["too", "high"] };
    const testResults = [
      { name: "/x/one.test.ts", message: "of all", assertionResults: [failed] },
      { name: "/x/two.test.ts", message: "Cannot find module\n", assertionResults: [] },
      { name: "/x/three.test.ts", message: "", assertionResults: [] },
    ];
    expect(counts({ testResults }).failures).toEqual([
      "one.test.ts: it sings\ntoo\nhigh",
      "two.test.ts\nCannot find module",
    ]);
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
