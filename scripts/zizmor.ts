import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { root } from "./steps";

const version = "1.32.0";
/** Where it is kept once it was fetched; `npm ci` makes room for a newer one. */
const folder = path.join(root, `node_modules/.cache/zizmor-${version}`);

/**
 * Looks for what would let somebody else in through a workflow. Asks nobody: it works on the files alone.
 * Prints one line of the Test Anything Protocol, because where it cannot be had it is skipped.
 */
function main(): void {
  const { program, missing } = find();
  if (!program) {
    console.log(`ok 1 zizmor # skip ${missing}`);
    return;
  }
  const args = ["--offline", "--no-progress", "--quiet", ".github"];
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: root, encoding: "utf8" });
  console.log(status === 0 ? "ok 1 zizmor" : `not ok 1 zizmor\n${stdout}${stderr}`);
  process.exitCode = status ?? 1;
}

/** On PATH, else kept, else fetched once from PyPI, into a folder of its own. */
function find(): { program?: string; missing?: string } {
  if (spawnSync("zizmor", ["--version"]).status === 0) return { program: "zizmor" };
  const kept = path.join(folder, "bin/zizmor");
  if (existsSync(kept)) return { program: kept };
  const what = ["--quiet", "--no-deps", "--only-binary=:all:", `zizmor==${version}`];
  const args = ["-m", "pip", "install", "--target", folder, ...what];
  const { status, stderr, error } = spawnSync("python3", args, {
    encoding: "utf8",
    timeout: 60_000,
  });
  if (status === 0) return { program: kept };
  const [last = "python3 -m pip does not end"] = (error?.message ?? stderr)
    .trim()
    .split("\n")
    .slice(-1);
  return { missing: `it is not on PATH, and cannot be fetched: ${last}` };
}

main();
