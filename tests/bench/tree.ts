import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { root } from "./measure";

export interface Cost {
  seconds: number;
  /** The most memory that it held at once, with all that it started; shared pages are counted once. */
  megabytes: number;
}

/** Runs a program in the checkout to its end, and looks at its memory five times a second. */
export async function cost(program: string, args: string[]): Promise<Cost> {
  const started = process.hrtime.bigint();
  const child = spawn(program, args, { cwd: root, stdio: ["ignore", "ignore", "pipe"] });
  let [most, errors] = [0, ""];
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const looking = setInterval(() => {
    most = Math.max(most, memoryOf([child.pid ?? 0]));
  }, 200);
  const [code] = await once(child, "close");
  clearInterval(looking);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}: ${errors}`);
  return { seconds: Number(process.hrtime.bigint() - started) / 1e9, megabytes: most };
}

/** Megabytes of processes and their descendants, as far as we may look. Source: man 5 proc, "smaps_rollup". */
export function memoryOf(pids: number[]): number {
  const children = childrenByParent();
  const all = [...pids];
  for (const one of all) all.push(...(children.get(one) ?? []));
  return all.reduce((sum, one) => sum + ownMemory(one), 0) / 1024;
}

const ownMemory = (pid: number): number =>
  Number(/^Pss: +(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);

function childrenByParent(): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    // The name in parentheses may hold anything.
    const parent = Number(/\) \S (\d+)/.exec(read(`/proc/${pid}/stat`))?.[1] ?? 0);
    found.set(parent, [...(found.get(parent) ?? []), Number(pid)]);
  }
  return found;
}

/** Empty where the process has just ended. */
function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
