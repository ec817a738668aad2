import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { pulumiHome } from "../../sandbox/stack";
import { eventually } from "./eventually";

/**
 * Reads the arguments of the processes on this computer, those in containers too: of new ones many hundred times
 * a second, for they are their parent's until the own program runs; of all others now and then.
 */
const program = `
const { readdirSync, readFileSync } = require("node:fs");
const seen = new Set();
const since = new Map();
let all = 0;
const look = () => {
  const now = Date.now();
  const everybody = now - all > 300;
  if (everybody) all = now;
  for (const pid of readdirSync("/proc")) {
    if (!(pid > 0)) continue;
    if (!since.has(pid)) since.set(pid, now);
    if (!everybody && now - since.get(pid) > 300) continue;
    try {
      seen.add(readFileSync("/proc/" + pid + "/cmdline", "utf8").replaceAll("\\0", " "));
    } catch {}
  }
  setTimeout(look, 1);
};
look();
process.stdin.resume().on("end", () => {
  process.stdout.write([...seen].join("\\n"), () => process.exit(0));
});`;

/** Watches until the function it gives is called, which tells every command line that was seen, a line each. */
export function watchProcesses(): () => Promise<string> {
  const child = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "inherit"] });
  const seen = text(child.stdout);
  return () => {
    child.stdin.end();
    return seen;
  };
}

/** The engine's processes that work on this sandbox: their environment says so. */
export const enginesProcesses = (): string[] =>
  readdirSync("/proc").filter((pid) => {
    try {
      const variables = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
      return variables.includes(`PULUMI_HOME=${pulumiHome}`);
    } catch {
      return false;
    }
  });

/** Those but the strangers that do not end within ten seconds either: plugins are told last. */
export async function lasting(strangers: string[]): Promise<string[]> {
  const others = () => enginesProcesses().filter((pid) => !strangers.includes(pid));
  await eventually(async () => expect(others()).toEqual([]), 10).catch(() => {});
  return others();
}
