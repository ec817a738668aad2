import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { check } from "./check";
import { another, jestInSandbox } from "./lanes";
import { runSteps, total, words } from "./steps";

/** Check, then the end-to-end tests in two sandboxes; the last line is the total. */
async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "test-"));
  const files = (pattern: string) => ["--testPathPatterns", `/tests/e2e/${pattern}`];
  const checked = await check();
  // Plans come first where the clouds are: until they are done, the machine's sandbox has built what both need.
  const endToEnd = await runSteps([
    jestInSandbox({ name: "machine", project: "e2e", args: files("0[1-9]"), folder }),
    jestInSandbox({
      ...{ name: "clouds", project: "e2e", args: files("(?!0[1-9])"), folder },
      env: another,
    }),
  ]);
  rmSync(folder, { recursive: true });
  const all = total([...checked, ...endToEnd]);
  console.log(words(all));
  process.exitCode = all.failed ? 1 : 0;
}

main();
