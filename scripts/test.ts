import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { check } from "./check";
import { total, words } from "./counts";
import { asRoot, holdingDocker, jestInSandboxes } from "./lanes";
import { runSteps, sayFailures } from "./steps";

/** Check, then the end-to-end tests in two sandboxes; the last line is the total. */
async function main(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "test-"));
  const checked = await check();
  // Plans come first where the clouds are: until they are done, the machine's sandbox has built what both need.
  const lanes = { machine: "0[1-9]", clouds: "(?!0[1-9])" };
  const endToEnd = await holdingDocker(() =>
    runSteps(jestInSandboxes({ project: "e2e", folder }, lanes)),
  );
  rmSync(folder, { recursive: true });
  sayFailures([...checked, ...endToEnd]);
  const all = total([...checked, ...endToEnd]);
  console.log(words(all));
  process.exitCode = all.failed ? 1 : 0;
}

asRoot("npm test", main);
