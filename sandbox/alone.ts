import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { Problem } from "./console";
import { home, inHome } from "./settings";

/** One `up` or `down` at a time. */
export async function alone<T>(work: () => Promise<T>): Promise<T> {
  const other = atWork(home);
  if (other) {
    throw new Problem(`Another "npm run sandbox" (process ${other}) is at work on this sandbox.`);
  }
  const file = inHome("pid");
  writeFileSync(file, String(process.pid));
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

/** The other process that brings the sandbox with this home up or down. */
export function atWork(home: string): number | undefined {
  const file = path.join(home, "pid");
  const other = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  const program = `/proc/${other}/cmdline`;
  // Empty for one that was killed and is not collected yet.
  const lives = other && existsSync(program) && readFileSync(program).length > 0;
  return lives && other !== process.pid ? other : undefined;
}
