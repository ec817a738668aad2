import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import * as path from "node:path";
import type { Figure } from "./figure";
import { root, seconds } from "./measure";
import { type Cost, cost } from "./tree";

/** What one plan holds at most, in megabytes; so many more side by side do not fit. */
const reserve = 500;

/** How many; others with BENCH_STACKS=1,10, for the usual ones take a while. */
const counts = (process.env.BENCH_STACKS ?? "1,10,50").split(",").map(Number);

/** An engineer's families, each with a stack of its own: their plans, in turn and all at once. */
export async function manyStacks(): Promise<Figure[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "stacks-"));
  try {
    const files = families(folder, Math.max(...counts));
    const figures: Figure[] = [];
    for (const count of counts) figures.push(...(await plans(files.slice(0, count))));
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

const plan = (file: string): Promise<Cost> => cost("npm", ["run", "--silent", "plan", "--", file]);

async function plans(files: string[]): Promise<Figure[]> {
  const stacks = files.length === 1 ? "1 stack" : `${files.length} stacks`;
  const costs: Cost[] = [];
  for (const file of files) costs.push(await plan(file));
  const average = (pick: (one: Cost) => number) =>
    costs.reduce((sum, one) => sum + pick(one), 0) / costs.length;
  const inTurn: Figure[] = [
    { what: `plan of ${stacks}, each`, value: average((one) => one.seconds), unit: "s" },
    { what: `plan of ${stacks}, memory each`, value: average((one) => one.megabytes), unit: "MB" },
  ];
  return files.length === 1 ? inTurn : [...inTurn, await atOnce(files)];
}

async function atOnce(files: string[]): Promise<Figure> {
  const what = `plan of ${files.length} stacks side by side, each`;
  const free = freemem() / 2 ** 20;
  if (free < files.length * reserve) {
    const note = `${Math.round(free)} MB are free, ${files.length * reserve} would be needed`;
    return { what, value: undefined, unit: "s", note };
  }
  const all = await seconds(() => Promise.all(files.map(plan)));
  return { what, value: all / files.length, unit: "s" };
}
