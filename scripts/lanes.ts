import * as path from "node:path";
import { holdDocker, stopDocker } from "../sandbox/daemon";
import { jestCounts } from "./counts";
import { installed, type Step } from "./steps";

/** Sandboxes beside the usual one, so that several wait for different things at once. */
const others = ["another", "third"].map((name, i) => ({
  SNIKKET_SANDBOX_NAME: `${process.env.SNIKKET_SANDBOX_NAME ?? "snikket"}-${name}`,
  SNIKKET_SANDBOX_SUBNET: `198.18.${i}.0/24`,
}));

/** Runs what needs sandboxes, which take root. @param command what a person runs for that */
export function asRoot(command: string, main: () => Promise<void>): void {
  if (process.getuid?.() === 0) {
    main();
    return;
  }
  console.log(
    `The tests against the sandbox need root. As root: ${command}; without: npm run check`,
  );
  process.exitCode = 3;
}

/** Does `work` while no sandbox stops Docker, and then stops it where this may. */
export async function holdingDocker<T>(work: () => Promise<T>): Promise<T> {
  await holdDocker();
  try {
    return await work();
  } finally {
    await stopDocker();
  }
}

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
 * Tests of a project in sandboxes side by side, up to three of them.
 * @param lanes what each is called, and how the names of its files begin, as a pattern
 */
export const jestInSandboxes = (tests: Tests, lanes: Record<string, string>): Step[] =>
  Object.entries(lanes).map(([name, files], i) => {
    const own = { ...tests, env: { ...tests.env, ...others[i - 1] } };
    return jestInSandbox(name, own, ["--testPathPatterns", `/tests/${tests.project}/(${files})`]);
  });
