import { appendFileSync, readdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { planOf } from "../operations/plan/changes";
import { preview } from "../operations/plan/engine";
import { makePlan } from "../operations/plan/make";
import { Refusal } from "../operations/plan/refusal";
import { render } from "../operations/plan/render";
import { safeLines } from "../operations/plan/safe";
import type { Plan } from "../operations/plan/schema";
import { stacksIn } from "./stacks";
import { root } from "./steps";

/** What a pull request would change, as Markdown: of every stack in the repository, or of the examples. */

interface Seen {
  name: string;
  how: string;
  text: string;
  ok: boolean;
}

/** @throws Refusal where there is one without a preview; the file has those of the others, and why this one has none */
export async function main(file: string | undefined): Promise<void> {
  if (!file) throw new Refusal("usage: npx tsx scripts/preview.ts FILE", 2);
  const stacks = stacksIn(root);
  const seen: Seen[] = [];
  // One after the other: each takes all of a small computer.
  for (const stack of stacks.length ? stacks : examples()) seen.push(await look(stack));
  const text = seen.map(chapter).join("\n");
  writeFileSync(file, text);
  if (process.env.GITHUB_STEP_SUMMARY) appendFileSync(process.env.GITHUB_STEP_SUMMARY, text);
  const failed = seen.filter(({ ok }) => !ok).map(({ name }) => name);
  if (failed.length) throw new Refusal(`No preview of ${failed.join(", ")}: ${file} says why.`);
}

const examples = (): string[] =>
  readdirSync(path.join(root, "stacks"))
    .filter((name) => name.endsWith(".example.yaml"))
    .map((name) => `stacks/${name}`);

/**
 * Asks the clouds where the state can be read, which an example has none of.
 * @param isThere whether the state may know it
 */
export async function look(name: string, isThere = true): Promise<Seen> {
  const { PULUMI_BACKEND_URL: backend, PULUMI_ACCESS_TOKEN: token } = process.env;
  const isReal = isThere && !name.endsWith(".yaml") && Boolean(backend || token);
  const how = isReal
    ? "as the clouds and the state have it"
    : "as a new stack, without asking the clouds or reading the state";
  console.error(`${name}: ${how}`);
  try {
    const plan = await (isReal ? realPlan(name) : makePlan(name));
    return { name, how, text: render(plan, isReal), ok: true };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // The pull request may be what brings it.
    if (isReal && /^error: no stack named/m.test(error.message)) return look(name, false);
    return { name, how, text: `${safeLines(error.message)}\n`, ok: false };
  }
}

async function realPlan(stack: string): Promise<Plan> {
  const digest = await preview(stack, root, process.env);
  return planOf(digest, { stack, comparedWith: "state", protected: new Set(), notes: [] });
}

/** The text is nobody's Markdown: its fence is longer than any in it. */
export function chapter({ name, how, text, ok }: Seen): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  const title = `### ${name}${ok ? "" : ": no preview"}`;
  return `${title}\n\n${how}\n\n${fence}text\n${text}${fence}\n`;
}

if (require.main === module)
  main(process.argv[2]).catch((error: Error) => {
    console.error(error instanceof Refusal ? error.message : error.stack);
    process.exitCode = 1;
  });
