import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { check } from "./check";
import { installed, jestCounts, runSteps, type Step, total, words } from "./steps";

/**
 * End-to-end tests whose files begin so. Each lane has a sandbox of its own, so that two of them wait for different
 * things at once; what both build is there before the second one needs it.
 */
const lane = (
  name: string,
  files: string,
  folder: string,
  env: Record<string, string> = {},
): Step => {
  const report = path.join(folder, `${name}.json`);
  return {
    name,
    command: [
      installed("jest"),
      ...["--selectProjects", "e2e", "--runInBand", "--verbose", "--json", "--outputFile", report],
      ...["--testPathPatterns", `/tests/e2e/${files}`],
    ],
    count: () => jestCounts(report),
    live: true,
    env,
  };
};

const another = {
  SNIKKET_SANDBOX_NAME: `${process.env.SNIKKET_SANDBOX_NAME ?? "snikket"}-clouds`,
  SNIKKET_SANDBOX_SUBNET: "198.18.0.0/24",
};

/** Check, then the end-to-end tests in sandboxes; the last line is the total. */
async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "test-"));
  const checked = await check();
  const endToEnd = await runSteps([
    lane("machine", "0[1-9]", folder),
    lane("clouds", "(00|1)", folder, another),
  ]);
  rmSync(folder, { recursive: true });
  const all = total([...checked, ...endToEnd]);
  console.log(words(all));
  process.exitCode = all.failed ? 1 : 0;
}

main();
