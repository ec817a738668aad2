import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline";

export const root = path.join(__dirname, "..");

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** What was skipped, by name: nothing passes silently. */
  names?: string[];
}

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
  if (!ok && !live) say(output.trimEnd());
  say(
    `${ok ? "ok    " : "FAILED"} ${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s  ${words(counts)}`,
  );
  for (const skipped of counts.names ?? []) say(`       skipped: ${skipped}`);
  return { name, ok, seconds, ...counts };
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

/** `3 passed, 1 failed, 2 skipped`; skipped only where there are any. */
export const words = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`;

export const total = (all: Counts[]): Counts => ({
  passed: all.reduce((sum, { passed }) => sum + passed, 0),
  failed: all.reduce((sum, { failed }) => sum + failed, 0),
  skipped: all.reduce((sum, { skipped }) => sum + skipped, 0),
});

interface JestTest {
  fullName: string;
  status: string;
}

/** Counts of a jest run that wrote its report to this file. */
export function jestCounts(report: string): Counts {
  try {
    const seen = JSON.parse(readFileSync(report, "utf8"));
    return {
      passed: seen.numPassedTests,
      failed: seen.numFailedTests + seen.numRuntimeErrorTestSuites,
      skipped: seen.numPendingTests,
      names: seen.testResults
        .flatMap(({ assertionResults }: { assertionResults: JestTest[] }) => assertionResults)
        .filter(({ status }: JestTest) => status === "pending")
        .map(({ fullName }: JestTest) => fullName),
    };
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

/** Counts of a run in the Test Anything Protocol, as bats prints it. */
export function tapCounts(output: string): Counts {
  const count = (pattern: RegExp) => output.match(pattern)?.length ?? 0;
  const skipped = count(/^ok .* # skip/gim);
  return {
    passed: count(/^ok /gm) - skipped,
    failed: count(/^not ok /gm),
    skipped,
    names: [...output.matchAll(/^ok \d+ (.* # skip.*)$/gim)].map(([, name]) => name ?? ""),
  };
}
