import { spawnSync } from "node:child_process";
import * as path from "node:path";
import { newestRelease, releases } from "../components/snikket/releases";
import { plugins } from "../sandbox/stand-ins/install";
import { installed, root } from "./steps";

/** Says what must not go unseen. Source: GitHub's documentation, "Workflow commands". */
export const warn = (text: string): void =>
  console.log(process.env.GITHUB_ACTIONS === "true" ? `::warning::${text}` : text);

const env = {
  ...process.env,
  PATH: [process.env.PATH, path.dirname(installed("pulumi"))].join(path.delimiter),
};

/** Brings one real thing here; what cannot be had is said, and skipped by the contracts. */
function bring(what: string, program: string, args: string[]): boolean {
  console.log(what);
  const { status } = spawnSync(program, args, { cwd: root, env, stdio: "inherit" });
  if (status !== 0) warn(`${what} cannot be had here; its stand-in is tested alone`);
  return status === 0;
}

/** Brings what the stand-ins stand for: plugins to ~/.pulumi, and Snikket's newest images to the local Docker. */
function main(): void {
  const brought = [
    ...plugins.map((plugin) => {
      const { version } = require(`@pulumi/${plugin}/package.json`);
      const args = ["plugin", "install", "resource", plugin, version];
      return bring(`plugin ${plugin} ${version}`, "pulumi", args);
    }),
    ...Object.values(releases[newestRelease]).map((image) =>
      bring(image, "docker", ["pull", image]),
    ),
  ];
  // A run on nothing real would say nothing.
  process.exitCode = brought.some(Boolean) ? 0 : 1;
}

if (require.main === module) main();
