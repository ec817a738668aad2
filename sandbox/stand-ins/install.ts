/** Puts plugins into a PULUMI_HOME, where the engine finds them: real ones if possible, else stand-ins. */
import * as fs from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { buildSync } from "esbuild";
import { version as engine } from "pulumi/package.json";
import { run } from "../console";
import { cacheFolder, engineEnvironment, isReachable } from "../engine";
import type { Report } from "../engine/build";
import { name, version } from "./command/model";

const plugins = [{ name, version }];

export interface Installed {
  plugin: string;
  how: "real" | "stand-in";
}

/**
 * With effects, steps really run, and a real plugin is used where it can be had: in `home`, in
 * ~/.pulumi, or downloaded once. Without, the stand-ins only plan, and connect to nothing.
 */
export async function installStandIns(
  home: string,
  { effects, report = () => {} }: { effects: boolean; report?: Report },
): Promise<Installed[]> {
  const installed: Installed[] = [];
  for (const { name, version } of plugins) {
    const file = pluginFile(home, name, version);
    const isNew = !fs.existsSync(file);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    const downloads = path.join(cacheFolder(), "plugins");
    if (effects && isNew && (await isReachable())) await download(home, downloads, name, report);
    const real = [home, path.join(homedir(), ".pulumi"), downloads]
      .map((place) => pluginFile(place, name, version))
      .find((place) => isReal(place) && (effects || place === file));
    if (real && real !== file) replace(file, (next) => fs.symlinkSync(real, next));
    if (!real) replace(file, (next) => bundle(name, effects, next));
    installed.push({ plugin: name, how: real ? "real" : "stand-in" });
  }
  return installed;
}

const pluginFile = (home: string, name: string, version: string) =>
  path.join(home, `plugins/resource-${name}-v${version}/pulumi-resource-${name}`);

/** Stand-ins are scripts, real plugins are programs. */
function isReal(file: string): boolean {
  if (!fs.existsSync(file)) return false;
  const start = Buffer.alloc(2);
  const open = fs.openSync(file, "r");
  fs.readSync(open, start, 0, 2, 0);
  fs.closeSync(open);
  return start.toString() !== "#!";
}

function replace(file: string, write: (next: string) => void): void {
  const next = `${file}.${process.pid}`;
  write(next);
  fs.renameSync(next, file);
}

async function download(home: string, to: string, name: string, report: Report): Promise<void> {
  const pulumi = path.join(home, "versions", engine, "bin/pulumi");
  const env = { ...process.env, ...engineEnvironment(to) };
  const args = ["plugin", "install", "resource", name, version];
  report(`downloading the plugin ${name} ${version}`);
  // Where that fails its stand-in is used.
  await run(pulumi, args, { env, timeout: 300, mayFail: true });
}

/** One file of plain JavaScript: it starts in a third of the time of TypeScript through tsx. */
function bundle(name: string, effects: boolean, file: string): void {
  const [load, use] = effects
    ? [`import effects from "./${name}/effects";`, ", effects"]
    : ["", ""];
  const contents = `import { serve } from "./frame"; import * as model from "./${name}/model";
    ${load} serve({ ...model${use} });`;
  buildSync({
    stdin: { contents, resolveDir: __dirname },
    outfile: file,
    banner: { js: `#!${process.execPath}` },
    bundle: true,
    platform: "node",
    target: "node20",
    external: ["*.node", "cpu-features"],
    logLevel: "warning",
  });
  fs.chmodSync(file, 0o755);
}
