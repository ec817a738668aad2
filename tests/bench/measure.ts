import { execFileSync, spawnSync } from "node:child_process";
import * as path from "node:path";
import { stackEnvironment } from "../../sandbox/stack";

export const root = path.join(__dirname, "../..");

/** Seconds that something took. */
export async function seconds(work: () => Promise<unknown> | unknown): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

export const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Two things in turn, A B A B …, so that a machine whose speed drifts is fair to both; the medians. */
export async function inTurn(
  a: () => unknown,
  b: () => unknown,
  times: number,
): Promise<[number, number]> {
  const pairs: [number, number][] = [];
  for (let i = 0; i <= times; i++) pairs.push([await seconds(a), await seconds(b)]);
  // The first pair warms up.
  const counted = pairs.slice(1);
  return [median(counted.map(([x]) => x)), median(counted.map(([, y]) => y))];
}

/** Runs the sandbox's engine. */
export function pulumi(args: string[], cwd = root): string {
  return execFileSync(path.join(root, "node_modules/.bin/pulumi"), args, {
    cwd,
    env: { ...process.env, ...stackEnvironment() },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    maxBuffer: 64 << 20,
  });
}

/** Runs a Node program to its end. */
export function node(...args: string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
}

/** Runs a verb of the sandbox; gives what it printed. */
export const sandbox = (...args: string[]): string =>
  execFileSync(process.execPath, ["--import", "tsx", "sandbox/index.ts", ...args], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
