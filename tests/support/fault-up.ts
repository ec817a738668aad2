import { spawn } from "node:child_process";
import * as path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { step } from "../../sandbox/console";
import { checkout } from "../../sandbox/settings";
import { stackEnvironment } from "../../sandbox/stack";
import type { Ended } from "./e2e";

/** An `up` at work. */
export interface Running {
  ended: Promise<Ended>;
  /** Waits until it has said something; false where it ended without. */
  says(what: RegExp | ((said: string) => boolean)): Promise<boolean>;
  /** Tells the engine, its language host and its plugins, as a terminal does. */
  signal(name: NodeJS.Signals): void;
}

/** Starts `pulumi up` on the sandbox's stack, with the stack's own settings or another file's. */
export function startUp(stackFile?: string): Running {
  const started = Date.now();
  const file = stackFile ? ["--config-file", stackFile] : [];
  const program = path.join(checkout, "node_modules/.bin/pulumi");
  const args = ["up", "--yes", "--skip-preview", ...file];
  const env = { ...process.env, ...stackEnvironment() };
  const child = spawn(program, args, { cwd: checkout, env, detached: true, stdio: "pipe" });
  child.stdin.end();
  let [stdout, stderr] = ["", ""];
  const heard = () => stripVTControlCharacters(`${stdout}${stderr}`);
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    tell();
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
    tell();
  });
  const signal = (name: NodeJS.Signals) => {
    if (child.exitCode === null && child.pid) process.kill(-child.pid, name);
  };
  // One that hangs fails its own test alone: it gives the stack back before that test's time is over.
  const overdue = [
    setTimeout(() => signal("SIGINT"), 540_000),
    setTimeout(() => signal("SIGKILL"), 570_000),
  ];
  const closed = new Promise<number>((resolve) =>
    child.once("close", (code) => {
      for (const timer of overdue) clearTimeout(timer);
      resolve(code ?? 1);
    }),
  );
  const ended = step("pulumi up", () => closed).then((code) => ({
    ...{ code, stdout: stripVTControlCharacters(stdout), output: heard() },
    seconds: (Date.now() - started) / 1000,
  }));
  const says = (what: RegExp | ((said: string) => boolean)) => {
    const said = () => (what instanceof RegExp ? what.test(heard()) : what(heard()));
    const appeared = new Promise<boolean>((resolve) => {
      const look = () => {
        if (said()) resolve(true);
      };
      listeners.add(look);
      look();
    });
    return Promise.race([appeared, closed.then(said)]);
  };
  return { ended, says, signal };
}

/** `pulumi up` to its end. */
export const up = (stackFile?: string): Promise<Ended> => startUp(stackFile).ended;

/** What a person reads first of a failure: the first line that says what went wrong. */
export function firstWords({ output }: Pick<Ended, "output">): string {
  const lines = output.split("\n").map((line) => line.trim());
  const own = lines.find((line) => /\bERROR: |FAILED {2}/.test(line));
  const engines = lines.find((line) => /^error: /.test(line) && !/update failed/.test(line));
  const line = own ?? engines ?? lines.find((line) => /error/i.test(line)) ?? "";
  return line
    .replace(/^.*?(ERROR: |FAILED )/, "")
    .replace(/^error: /, "")
    .trim();
}
