import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import * as path from "node:path";
import type { Figure } from "./figure";
import { root } from "./measure";
import { type Cost, cost } from "./tree";

/** How many; others with BENCH_STACKS=1,10, for the usual ones take a while. */
const counts = (process.env.BENCH_STACKS ?? "1,10,50").split(",").map(Number);

/** An engineer's families, each with a stack of its own: their plans, in turn and all at once. */
export async function manyStacks(): Promise<Figure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "stacks-"));
  try {
    const files = families(folder, Math.max(...counts));
    const figures: Figure[] = [];
    // What one more of them holds; side by side they share pages, and it is less.
    let megabytes: number | undefined;
    for (const count of counts) {
      const stacks = count === 1 ? "1 stack" : `${count} stacks`;
      const inTurn = await plans(folder, files.slice(0, count), 1);
      figures.push(...figuresOf(`plan of ${stacks}`, inTurn));
      megabytes ??= inTurn.megabytes;
      if (count === 1) continue;
      const atOnce = await plansAtOnce(folder, files.slice(0, count), megabytes);
      figures.push(...figuresOf(`plan of ${stacks} side by side`, atOnce));
      if (!("note" in atOnce)) megabytes = atOnce.megabytes;
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const example = readFileSync(path.join(root, "stacks/oracle.example.yaml"), "utf8");

const families = (folder: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => {
    const file = path.join(folder, `family${index + 1}.yaml`);
    const domain = `chat.family${index + 1}.example.org`;
    writeFileSync(file, example.replace(/^( {2}snikket:domain: ).*$/m, `$1${domain}`));
    return file;
  });

/** Seconds until all are done, and memory, for each of them. */
async function plans(folder: string, files: string[], atOnce: number): Promise<Cost> {
  const list = path.join(folder, "list");
  writeFileSync(list, files.join("\n"));
  const one = ["npm", "run", "--silent", "plan", "--"];
  const limits = ["--max-procs", `${atOnce}`, "--max-args", "1"];
  const all = await cost("xargs", ["--arg-file", list, ...limits, ...one]);
  return { seconds: all.seconds / files.length, megabytes: all.megabytes / atOnce };
}

const plansAtOnce = async (
  folder: string,
  files: string[],
  megabytes: number,
): Promise<Cost | { note: string }> => {
  const [free, needed] = [freemem() / 2 ** 20, files.length * megabytes].map(Math.round);
  return (free ?? 0) < (needed ?? 0)
    ? { note: `${free} MB are free, ${needed} would be needed` }
    : plans(folder, files, files.length);
};

function figuresOf(what: string, found: Cost | { note: string }): Figure[] {
  const [seconds, megabytes, note] =
    "note" in found
      ? [undefined, undefined, { note: found.note }]
      : [found.seconds, found.megabytes, {}];
  return [
    { what: `${what}, each`, value: seconds, unit: "s", ...note },
    { what: `${what}, memory each`, value: megabytes, unit: "MB", ...note },
  ];
}
