import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";
import { type Counts, words } from "./counts";

export const root = path.join(__dirname, "..");

export interface Step {
  name: string;
  /** Program and arguments, run in the project's folder. */
  command: [string, ...string[]];
  /** How many tests it was, from what it printed. @default one, by its exit status */
  count?: (output: string) => Counts;
  /** Shows its output while it runs, each line after its name, instead of only when it fails. */
  live?: boolean;
  /** Variables it has beside this process's own. */
  env?: Record<string, string>;
}

export interface StepResult extends Counts {
  name: string;
  ok: boolean;
  seconds: number;
}

/** Of what failed without naming it. */
const lastLines = (output: string): string => output.trimEnd().split("\n").slice(-30).join("\n");

/** Files of ours, committed or not. */
export const projectFiles = (...patterns: string[]): string[] =>
  execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", ...patterns],
    { cwd: root, encoding: "utf8" },
  )
    .split("\n")
    .filter((file) => file && existsSync(path.join(root, file)));

/** What a shell reads: told by its ending, or by its first line where it has none. */
export const shellScripts = (): string[] =>
  projectFiles().filter((file) => {
    const ending = path.extname(file);
    return ending === ".sh" || (ending === "" && beginsAsShell(path.join(root, file)));
  });

const beginsAsShell = (file: string): boolean =>
  statSync(file).isFile() && /^#!.*\b(ba)?sh\b/.test(readFileSync(file, "utf8"));

/** A program that npm installed. */
export const installed = (name: string): string => path.join(root, "node_modules/.bin", name);

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/** Runs steps, some of them side by side; says what each came to, and every ten seconds what still runs. */
export async function runSteps(steps: Step[], sideBySide = 3): Promise<StepResult[]> {
  const waiting = [...steps];
  const results: StepResult[] = [];
  const running = new Map<string, number>();
  const ticker = setInterval(() => {
    const list = [...running].map(([name, since]) => `${name} (${elapsed(since).toFixed(0)} s)`);
    say(`  still running: ${list.join(", ")}`);
  }, 10_000);
  const worker = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      running.set(step.name, Date.now());
      results.push(await runStep(step));
      running.delete(step.name);
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, worker));
  clearInterval(ticker);
  return results;
}

const elapsed = (since: number): number => (Date.now() - since) / 1000;

async function runStep(step: Step): Promise<StepResult> {
  const { name, count, live } = step;
  const started = Date.now();
  const { status, output } = await run(step);
  const byStatus: Counts = {
    passed: status === 0 ? 1 : 0,
    failed: status === 0 ? 0 : 1,
    skipped: 0,
  };
  const counts: Counts = count?.(output) ?? byStatus;
  // A runner that fails without a failed test has still failed.
  if (status !== 0 && !counts.failed) counts.failed = 1;
  const seconds = elapsed(started);
  const ok = counts.failed === 0;
  if (!ok && !counts.failures?.length) counts.failures = [lastLines(output)];
  if (!ok && !live) say(output.trimEnd());
  say(
    `${ok ? "ok    " : "FAILED"} ${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s  ${words(counts)}`,
  );
  for (const skipped of counts.names ?? []) say(`       skipped: ${skipped}`);
  const result = { name, ok, seconds, ...counts };
  // What it showed while it ran may be far above.
  if (live) sayFailures([result]);
  return result;
}

function run({ name, command: [program, ...args], live, env }: Step) {
  return new Promise<{ status: number; output: string }>((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
      });
      if (live) createInterface(stream).on("line", (line) => say(`${name} | ${line}`));
    }
    child.on("error", ({ message }) => {
      if (live) say(`${name} | ${message}`);
      resolve({ status: 127, output: `${output}${message}\n` });
    });
    child.on("close", (code) => resolve({ status: code ?? 1, output }));
  });
}

/** Says again what failed: it may have been hours ago, and lines of other steps since. */
export function sayFailures(results: StepResult[]): void {
  for (const { name, failures = [] } of results)
    for (const failure of failures) say(`\nFAILED in ${name}: ${failure}`);
}
