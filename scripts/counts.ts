import { readFileSync } from "node:fs";
import * as path from "node:path";

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** What was skipped, by name: nothing passes silently. */
  names?: string[];
  /** What failed and why, where the runner says it. */
  failures?: string[];
}

/** `3 passed, 1 failed, 2 skipped`; skipped only where there are any. */
export const words = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`;

export const total = (all: Counts[]): Counts => ({
  passed: all.reduce((sum, { passed }) => sum + passed, 0),
  failed: all.reduce((sum, { failed }) => sum + failed, 0),
  skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
});

interface JestTest {
  fullName: string;
  status: string;
  failureMessages?: string[];
}

interface JestSuite {
  name: string;
  /** Why it could not be run, where it has no tests. */
  message: string;
  assertionResults: JestTest[];
}

/** Each failed test with its reason, and each file that could not be run. */
const jestFailures = (suites: JestSuite[]): string[] =>
  suites.flatMap(({ name, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === "failed");
    if (!assertionResults.length && message) return [`${path.basename(name)}\n${message.trim()}`];
    return failed.map(
      ({ fullName, failureMessages = [] }) =>
        `${path.basename(name)}: ${fullName}\n${failureMessages.join("\n")}`,
    );
  });

/** Counts of a jest run that wrote its report to this file. */
export function jestCounts(report: string): Counts {
  try {
    const seen = JSON.parse(readFileSync(report, "utf8"));
    const suites: JestSuite[] = seen.testResults;
    return {
      passed: seen.numPassedTests,
      failed: seen.numFailedTests + seen.numRuntimeErrorTestSuites,
      skipped: seen.numPendingTests,
      names: suites
        .flatMap(({ assertionResults }) => assertionResults)
        .filter(({ status }) => status === "pending")
        .map(({ fullName }) => fullName),
      failures: jestFailures(suites),
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Counts of a run in the Test Anything Protocol, as bats prints it. */
export function tapCounts(output: string): Counts {
  const count = (pattern: RegExp) => output.match(pattern)?.length ?? 0;
  const skipped = count(/^ok .* # skip/gim);
  return {
    passed: count(/^ok /gm) - skipped,
    failed: count(/^not ok /gm),
    skipped,
    names: [...output.matchAll(/^ok \d+ (.* # skip.*)$/gim)].map(([, name]) => name ?? ""),
  };
}
