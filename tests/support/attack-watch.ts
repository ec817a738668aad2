import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { text } from "node:stream/consumers";
import { inHome } from "../../sandbox/settings";
import { type Ended, expectDone } from "./e2e";
import { watchProcesses } from "./e2e-processes";
import { up } from "./e2e-stack";

/** What somebody sees who may look at everything on this computer, in its containers too. */
export interface Seen {
  /** Variables of processes that hold a secret, by name. */
  variables: string[];
  /** Temporary files that hold a secret and were not there before: mode and path. */
  files: string[];
  /** How often it looked. */
  looks: number;
}

/**
 * Reads the environment of every process, and the files below /tmp as processes in their own roots see it, over and
 * over. A process that has ended cannot be read any more, which is no finding.
 */
const program = `
const { lstatSync, readdirSync, readFileSync } = require("node:fs");
const chunks = [];
process.stdin.on("data", (chunk) => chunks.push(chunk)).on("end", () => (stop = true));
let stop = false, looks = 0, before;
const [variables, files] = [new Set(), new Set()];
const tried = (read) => { try { return read(); } catch { return undefined; } };
const below = (folder, depth) => (tried(() => readdirSync(folder, { withFileTypes: true })) ?? []).flatMap((entry) => {
  const path = folder + "/" + entry.name;
  return entry.isDirectory() ? (depth ? below(path, depth - 1) : []) : entry.isFile() ? [path] : [];
});
const holds = (content, secrets) => secrets.some((secret) => content.includes(secret));
const look = () => {
  const line = Buffer.concat(chunks).toString().split("\\n");
  if (line.length > 1) {
    const { secrets, folders } = JSON.parse(line[0]);
    for (const pid of readdirSync("/proc").filter((name) => name > 0)) {
      const environment = tried(() => readFileSync("/proc/" + pid + "/environ", "latin1")) ?? "";
      for (const one of environment.split("\\0")) if (holds(one, secrets)) variables.add(one.split("=")[0]);
    }
    const there = folders.flatMap((folder) => below(folder, 1));
    before ??= new Set(there);
    for (const file of there.filter((file) => !before.has(file))) {
      const { size, mode } = tried(() => lstatSync(file)) ?? { size: Infinity };
      if (size < 1e7 && holds(tried(() => readFileSync(file, "latin1")) ?? "", secrets))
        files.add((mode & 0o777).toString(8) + " " + file);
    }
    looks++;
  }
  if (stop) process.stdout.write(JSON.stringify({ variables: [...variables], files: [...files], looks }));
  else setTimeout(look, 20);
};
look();`;

/**
 * Watches for secrets until the function it gives is called.
 * @param folders to look into
 */
export function watchForSecrets(secrets: string[], folders: string[]): () => Promise<Seen> {
  const child = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
  const seen = text(child.stdout);
  child.stdin.write(`${JSON.stringify({ secrets, folders })}\n`);
  return async () => {
    child.stdin.end();
    return JSON.parse(await seen);
  };
}

/** Where an `up` that is watched has its temporary files. */
export const temporary = inHome("e2e", "tmp");

/** An `up` that ended well, what it said, and what somebody saw of these secrets meanwhile, and of command lines. */
export interface Watched {
  ended: Ended;
  seen: Seen;
  commandLines: string;
}

/**
 * Runs an `up` while somebody looks on.
 * @param folders to look into beside this computer's own for temporary files
 */
export async function watchedUp(
  stackFile: string,
  secrets: string[],
  folders: string[] = [],
): Promise<Watched> {
  mkdirSync(temporary, { recursive: true });
  const stopSecrets = watchForSecrets(secrets, [temporary, "/tmp", ...folders]);
  const stop = watchProcesses();
  const running = up({ stackFile, env: { TMPDIR: temporary } });
  const over = () => Promise.all([stop(), stopSecrets()]);
  const [commandLines, seen] = await running.then(over, over);
  const ended = await running;
  expectDone(ended);
  return { ended, seen, commandLines };
}
