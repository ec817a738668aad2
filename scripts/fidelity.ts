import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { root } from "./steps";

/** What the sandbox is true to. Written by `npm run test:contract -- --write`. */
export const fidelityFile = path.join(root, "docs/fidelity.md");

/** Its text, with a place for the table of each suite: `<!-- clauses: server.test.ts -->`. */
const folder = path.join(root, "tests/contract");
const template = path.join(folder, "fidelity.md");

/** What held on the real things the last time they were there, by part of the contract. */
export type Held = Record<string, { real: string; clauses: string[] }>;

export const heldFile = path.join(folder, "real.json");

export const readHeld = (): Held =>
  existsSync(heldFile) ? JSON.parse(readFileSync(heldFile, "utf8")) : {};

/** One clause of a run, as jest reports it. */
export interface Tested {
  ancestorTitles: string[];
  title: string;
  status: string;
}

/** Which side of which part it is of, as `contract` titles them. */
function place({ ancestorTitles: [top = ""] }: Tested) {
  const [, part = "", side, real = ""] = /^(.*), (stand-in|real)(?:: (.*))?$/.exec(top) ?? [];
  return { part, side, real };
}

/**
 * Why a run may not be written down: the document says of each clause that it holds on the stand-in.
 * @param failed all that failed, files that could not be read included
 */
export function refusal(run: Tested[], failed: number): string | undefined {
  const count = (side: string, status: string) =>
    run.filter((one) => place(one).side === side && one.status === status).length;
  if (failed > count("real", "failed")) return "not all of it holds on the stand-ins";
  const skipped = count("stand-in", "pending");
  return skipped ? `${skipped} clauses were not tried on their stand-in` : undefined;
}

/** What holds on real things after a run: what passed of the parts that ran, and what is known of the others. */
export function heldAfter(run: Tested[], before: Held): Held {
  const all = { ...before };
  const onReal = run.filter((one) => place(one).side === "real" && one.status !== "pending");
  for (const one of onReal) delete all[place(one).part];
  for (const one of onReal.filter(({ status }) => status === "passed")) {
    const { part, real } = place(one);
    all[part] ??= { real, clauses: [] };
    all[part].clauses.push([...one.ancestorTitles.slice(1), one.title].join(": "));
  }
  return Object.fromEntries(Object.entries(all).sort(([one], [other]) => (one < other ? -1 : 1)));
}

interface Suite {
  parts: string[];
  /** With the titles of the blocks they stand in: `with a certificate: takes it up by itself`. */
  clauses: string[];
}

/** Reads the titles of a suite, which are plain texts for this. */
export function readSuite(text: string): Suite {
  const suite: Suite = { parts: [], clauses: [] };
  let blocks: { indent: number; title: string }[] = [];
  for (const line of text.split("\n")) {
    const [, space = "", kind, title = ""] =
      /^( *)(contract|describe|it)\("(.*?)",/.exec(line) ?? [];
    if (kind === "contract") suite.parts.push(title);
    if (kind === undefined || kind === "contract") continue;
    blocks = blocks.filter(({ indent }) => indent < space.length);
    if (kind === "describe") blocks.push({ indent: space.length, title });
    else suite.clauses.push([...blocks.map((block) => block.title), title].join(": "));
  }
  return suite;
}

/** The suites by the name of their file. */
export const suites = (): Record<string, Suite> =>
  Object.fromEntries(
    readdirSync(folder)
      .filter((name) => name.endsWith(".test.ts"))
      .sort()
      .map((name) => [name, readSuite(readFileSync(path.join(folder, name), "utf8"))]),
  );

/** The document: its text, and what each suite says. */
export function fidelity(held = readHeld()): string {
  const all = suites();
  return readFileSync(template, "utf8").replace(/<!-- clauses: (\S+) -->/g, (_, name: string) => {
    const suite = all[name];
    if (!suite) throw new Error(`${template} names ${name}, which is not there`);
    return table(suite, held);
  });
}

function table({ parts, clauses }: Suite, held: Held): string {
  const rows = clauses.map((clause) => {
    const on = parts.flatMap((part) => {
      const { real, clauses = [] } = held[part] ?? {};
      return clauses.includes(clause) ? real : [];
    });
    return `| ${clause} | holds | ${on.length ? `holds: ${on.join(", ")}` : "not tried yet"} |`;
  });
  const head = `| ${parts.join(", ")} | stand-in | real thing |\n| --- | --- | --- |`;
  return [head, ...rows].join("\n");
}
