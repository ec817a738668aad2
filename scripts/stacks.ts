import { execFileSync } from "node:child_process";
import * as path from "node:path";

/** Names of the stacks whose files are part of the repository; a stack file of somebody's own is ignored by git. */
export const stacksIn = (folder: string): string[] =>
  execFileSync("git", ["ls-files", "stacks/Pulumi.*.yaml"], { cwd: folder, encoding: "utf8" })
    .split("\n")
    .flatMap((file) => /^stacks\/Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);

// Node.js runs this file as a module, and everything else does not: they have no other sign in common.
if (path.basename(process.argv[1] ?? "") === "stacks.ts")
  console.log(`stacks=${JSON.stringify(stacksIn(process.cwd()))}`);
