import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { check } from "./check";
import { installed, jestCounts, runSteps, total, words } from "./steps";

/** Check, then the end-to-end tests in the sandbox; the last line is the total. */
async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "test-"));
  const report = path.join(folder, "e2e.json");
  const checked = await check();
  const endToEnd = await runSteps([
    {
      name: "end to end",
      command: [
        installed("jest"),
        ...["--selectProjects", "e2e", "--runInBand", "--verbose"],
        ...["--json", "--outputFile", report],
      ],
      count: () => jestCounts(report),
      live: true,
    },
  ]);
  rmSync(folder, { recursive: true });
  const all = total([...checked, ...endToEnd]);
  console.log(words(all));
  process.exitCode = all.failed ? 1 : 0;
}

main();
