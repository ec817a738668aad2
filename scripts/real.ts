import { spawnSync } from "node:child_process";
import { newestRelease, releases } from "../components/snikket/releases";
import { plugins } from "../sandbox/stand-ins/install";
import { installed, root } from "./steps";

/** Brings one real thing here; what cannot be had is said, and skipped by the contracts. */
function bring(what: string, program: string, args: string[]): void {
  console.log(what);
  const { status } = spawnSync(program, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) console.log(`${what} cannot be had here`);
}

/** Brings what the stand-ins stand for: plugins to ~/.pulumi, and Snikket's newest images to the local Docker. */
function main(): void {
  for (const plugin of plugins) {
    const { version } = require(`@pulumi/${plugin}/package.json`);
    const args = ["plugin", "install", "resource", plugin, version];
    bring(`plugin ${plugin} ${version}`, installed("pulumi"), args);
  }
  for (const image of Object.values(releases[newestRelease]))
    bring(image, "docker", ["pull", image]);
}

main();
