/**
 * Brings the Pulumi engine: from PATH, else the npm package's own download, else built from its Go
 * modules. What was downloaded or built is kept outside the checkout and never fetched twice.
 */
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import path from "node:path";
import { version } from "pulumi/package.json";
import { run } from "../console";
import { cache } from "../settings";
import { build, type Report } from "./build";

/** What every user of the engine sets, besides backend and passphrase. */
export const engineEnvironment = (home: string): Record<string, string> => ({
  PULUMI_HOME: home,
  PULUMI_VERSION: version,
  PULUMI_SKIP_UPDATE_CHECK: "1",
  // A plugin found on PATH would be used whatever its version.
  PULUMI_IGNORE_AMBIENT_PLUGINS: "1",
  PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
});

/**
 * Makes `npx pulumi` work with `home` as its PULUMI_HOME, and says where the engine came from.
 * Fails with one error that names every way to bring an engine here.
 */
export async function ensureEngine(options: { home: string; report?: Report }) {
  const { home, report = () => {} } = options;
  const bin = path.join(home, "versions", version, "bin");
  const pulumi = path.join(bin, "pulumi");
  if (isComplete(bin)) return { pulumi, how: "already there" };
  const kept = cache("engine", version);
  const onPath = findOnPath();
  if (onPath) return { pulumi: link(onPath, bin), how: `from PATH: ${onPath}` };
  const cached = isComplete(path.join(kept, "bin"));
  const how = cached ? `from the cache: ${kept}` : await obtain(kept, report);
  return { pulumi: link(path.join(kept, "bin"), bin), how };
}

/** True where Pulumi's downloads can be reached from here. */
export const isReachable = (url = "https://get.pulumi.com/install.sh"): Promise<boolean> =>
  fetch(url, { method: "HEAD", signal: AbortSignal.timeout(5000) }).then(
    ({ ok }) => ok,
    () => false,
  );

/** Works in a folder of its own and moves it in place when whole: two at once do no harm. */
async function obtain(kept: string, report: Report): Promise<string> {
  removeAbandoned(kept);
  const partial = `${kept}.partial-${process.pid}`;
  fs.mkdirSync(partial, { recursive: true });
  const how = (await download(partial, report)) ?? (await build(partial, version, report));
  if (isComplete(path.join(kept, "bin"))) fs.rmSync(partial, { recursive: true });
  else fs.renameSync(partial, kept);
  return how;
}

function removeAbandoned(kept: string): void {
  const { dir, base } = path.parse(kept);
  for (const name of fs.existsSync(dir) ? fs.readdirSync(dir) : []) {
    const [, pid] = name.split(`${base}.partial-`);
    if (pid && !fs.existsSync(`/proc/${pid}`)) fs.rmSync(path.join(dir, name), { recursive: true });
  }
}

async function download(partial: string, report: Report): Promise<string | undefined> {
  if (!(await isReachable())) return undefined;
  const home = path.join(partial, "home");
  report("downloading the engine");
  const env = { ...process.env, ...engineEnvironment(home) };
  const args = [require.resolve("pulumi/run.js"), "version"];
  const { code } = await run(process.execPath, args, { env, timeout: 600, mayFail: true });
  if (code !== 0) return undefined;
  fs.renameSync(path.join(home, "versions", version, "bin"), path.join(partial, "bin"));
  fs.rmSync(home, { recursive: true });
  return "downloaded";
}

/** The folder of a recent enough Pulumi on PATH; the npm wrapper is none. */
function findOnPath(): string | undefined {
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    if (!isComplete(folder)) continue;
    const bin = path.dirname(fs.realpathSync(path.join(folder, "pulumi")));
    if (bin.includes("/node_modules/") || !isComplete(bin)) continue;
    if (isRecent(execFileSync(path.join(bin, "pulumi"), ["version"], { encoding: "utf8" })))
      return bin;
  }
  return undefined;
}

/** @internal exported for its test */
export function isRecent(found: string): boolean {
  const [major = 0, minor = 0] = found.replace(/^v/, "").split(".").map(Number);
  const [sameMajor = 0, atLeast = 0] = version.split(".").map(Number);
  return major === sameMajor && minor >= atLeast;
}

function isComplete(bin: string): boolean {
  try {
    for (const name of ["pulumi", "pulumi-language-nodejs"])
      fs.accessSync(path.join(bin, name), fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function link(from: string, bin: string): string {
  fs.rmSync(bin, { recursive: true, force: true });
  fs.mkdirSync(path.dirname(bin), { recursive: true });
  fs.symlinkSync(from, bin);
  return path.join(bin, "pulumi");
}
