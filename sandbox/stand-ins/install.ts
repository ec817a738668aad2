/** Puts plugins into a PULUMI_HOME, where the engine finds them: real ones if possible, else stand-ins. */
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { buildSync } from "esbuild";
import { version as engine } from "pulumi/package.json";
import { run } from "../console";
import { engineEnvironment, isReachable } from "../engine";
import type { Report } from "../engine/build";
import { cache } from "../settings";
import { declared } from "./declarations";

export const plugins = ["command", "tls", "oci", "gcp", "cloudflare"] as const;
export type PluginName = (typeof plugins)[number];

/** The others' real plugins would reach for real clouds. */
const harmless: PluginName[] = ["command", "tls"];

/**
 * With effects, steps really run, and a real plugin that touches no cloud is used where it can be
 * had: in `home`, in ~/.pulumi, or downloaded once. Without, the stand-ins only plan, and connect to
 * nothing.
 */
export async function installStandIns(
  home: string,
  options: { effects: boolean; only?: readonly PluginName[]; report?: Report },
): Promise<void> {
  const { effects, only = ["command"], report = () => {} } = options;
  for (const name of only) {
    const file = pluginFile(home, name);
    const isNew = !fs.existsSync(file);
    const mayBeReal = effects && harmless.includes(name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (mayBeReal && isNew && (await isReachable())) await download(home, name, report);
    const real = mayBeReal ? realPlugin(name, home) : isReal(file) ? file : undefined;
    const program = real ?? standIn(name, effects);
    if (program !== file) replace(file, (next) => fs.symlinkSync(program, next));
  }
}

const versionOf = (name: PluginName): string => require(`@pulumi/${name}/package.json`).version;

const pluginFile = (home: string, name: PluginName) =>
  path.join(home, `plugins/resource-${name}-v${versionOf(name)}/pulumi-resource-${name}`);

const downloads = () => cache("plugins");

/** The program of a real plugin: in `home`, in ~/.pulumi, or downloaded before. */
export const realPlugin = (name: PluginName, home = ""): string | undefined =>
  [...(home ? [home] : []), path.join(homedir(), ".pulumi"), downloads()]
    .map((place) => pluginFile(place, name))
    .find(isReal);

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

async function download(home: string, name: PluginName, report: Report): Promise<void> {
  const pulumi = path.join(home, "versions", engine, "bin/pulumi");
  const env = { ...process.env, ...engineEnvironment(downloads()) };
  const version = versionOf(name);
  const args = ["plugin", "install", "resource", name, version];
  report(`downloading the plugin ${name} ${version}`);
  // Where that fails its stand-in is used.
  await run(pulumi, args, { env, timeout: 300, mayFail: true });
}

/** A stand-in's program, made once from the same sources. */
export function standIn(name: PluginName, effects: boolean): string {
  const acts = effects && fs.existsSync(path.join(__dirname, name, "effects.ts"));
  const sources = createHash("sha256").update(process.execPath + allSources());
  const folder = cache("stand-ins", sources.digest("hex").slice(0, 16));
  const file = path.join(folder, `${name}-v${versionOf(name)}${acts ? "" : "-model"}`);
  if (fs.existsSync(file)) return file;
  fs.mkdirSync(folder, { recursive: true });
  replace(file, (next) => bundle(name, acts, next));
  return file;
}

/** The text of every source that a stand-in may be made of. */
function allSources(): string {
  const sandbox = path.dirname(__dirname);
  return fs
    .readdirSync(sandbox, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
    .map((file) => fs.readFileSync(path.join(sandbox, file), "utf8"))
    .join("");
}

/** One file of plain JavaScript: it starts in a third of the time of TypeScript through tsx. */
function bundle(name: PluginName, acts: boolean, file: string): void {
  const { models } = require(`./${name}/model`);
  const declarations = Object.fromEntries(
    Object.keys(models).map((type) => [type, declared(type)]),
  );
  const plugin = JSON.stringify({ name, version: versionOf(name), declarations });
  const [load, use] = acts
    ? [`import * as acts from "./${name}/effects";`, ", ...acts, effects: acts.default"]
    : ["", ""];
  const contents = `import { serve } from "./serve"; import * as model from "./${name}/model";
    ${load} serve({ ...model${use}, ...${plugin} });`;
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
