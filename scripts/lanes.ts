import * as path from "node:path";
import { installed, jestCounts, type Step } from "./steps";

/** A second sandbox beside the usual one, so that two wait for different things at once. */
const another = {
  SNIKKET_SANDBOX_NAME: `${process.env.SNIKKET_SANDBOX_NAME ?? "snikket"}-another`,
  SNIKKET_SANDBOX_SUBNET: process.env.SNIKKET_SANDBOX_ANOTHER_SUBNET ?? "198.18.0.0/24",
};

export interface Tests {
  project: "e2e" | "faults";
  /** For their reports. */
  folder: string;
  env?: Record<string, string>;
}

/** Tests that share one sandbox, one file after the other. @param choice arguments of jest */
export function jestInSandbox(
  name: string,
  { project, folder, env = {} }: Tests,
  choice: string[],
): Step {
  const report = path.join(folder, `${name}.json`);
  const output = ["--verbose", "--json", "--outputFile", report];
  return {
    name,
    command: [
      installed("jest"),
      ...["--selectProjects", project, "--runInBand", ...output, ...choice],
    ],
    count: () => jestCounts(report),
    live: true,
    env,
  };
}

/**
 * All tests of a project, in two sandboxes side by side.
 * @param names what the two are called
 * @param first how the names of the first one's files begin, as a pattern; the second one has all others
 */
export function jestInTwoSandboxes(names: [string, string], tests: Tests, first: string): Step[] {
  const files = (pattern: string) => ["--testPathPatterns", `/tests/${tests.project}/${pattern}`];
  const second = { ...tests, env: { ...tests.env, ...another } };
  return [
    jestInSandbox(names[0], tests, files(`(${first})`)),
    jestInSandbox(names[1], second, files(`(?!${first})`)),
  ];
}
