import * as path from "node:path";
import { installed, jestCounts, type Step } from "./steps";

/** Of a second sandbox beside the usual one, so that two wait for different things at once. */
export const another = {
  SNIKKET_SANDBOX_NAME: `${process.env.SNIKKET_SANDBOX_NAME ?? "snikket"}-another`,
  SNIKKET_SANDBOX_SUBNET: process.env.SNIKKET_SANDBOX_ANOTHER_SUBNET ?? "198.18.0.0/24",
};

export interface Lane {
  name: string;
  project: "e2e" | "faults";
  /** Jest's, that choose tests. */
  args: string[];
  /** For its report. */
  folder: string;
  env?: Record<string, string>;
}

/** Tests that share one sandbox, one file after the other. */
export function jestInSandbox({ name, project, args, folder, env = {} }: Lane): Step {
  const report = path.join(folder, `${name}.json`);
  return {
    name,
    command: [
      installed("jest"),
      ...[
        "--selectProjects",
        project,
        "--runInBand",
        "--verbose",
        "--json",
        "--outputFile",
        report,
      ],
      ...args,
    ],
    count: () => jestCounts(report),
    live: true,
    env,
  };
}
