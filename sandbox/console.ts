import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";

/** Something the person can put right: shown without a stack trace. */
export class Problem extends Error {
  /** @param exitCode 1 failed, 2 wrong use, 3 a right or a program is missing on this machine */
  constructor(
    message: string,
    readonly exitCode: 1 | 2 | 3 = 1,
  ) {
    super(message);
  }
}

/** What this process ends with, as its verb did. A system's error has a code and says enough; what is left is a mistake of ours. */
export const exitCode = (verb: Promise<number>): Promise<number> =>
  verb.catch((error: Error & { code?: string }) => {
    const expected = error instanceof Problem || error.code !== undefined;
    process.stderr.write(`\n${expected ? error.message : error.stack}\n`);
    return error instanceof Problem ? error.exitCode : 1;
  });

export interface RunOptions extends SpawnOptions {
  /** Given on standard input. */
  input?: string | undefined;
  /** Called with each line of output as it comes. */
  onLine?: ((line: string) => void) | undefined;
  /** Do not throw when the program fails. */
  mayFail?: boolean;
  /** Seconds until the program is ended. */
  timeout?: number;
}

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

const children = new Set<ChildProcess>();

/** Ends the programs that still run and what they started, so that nothing outlives an interruption. */
export function endChildren(): void {
  for (const { pid } of children) {
    try {
      if (pid) process.kill(-pid);
    } catch {} // It has just ended by itself.
  }
}

/** Runs a program to its end; throws with the end of its output when it fails. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<Ran> {
  const { input, onLine, mayFail, timeout = 0, ...more } = options;
  // A process group of its own, to be ended as a whole.
  const own = { detached: true, timeout: timeout * 1000 };
  const child = spawn(command, args, { stdio: "pipe", ...more, ...own });
  children.add(child);
  const ran = collect(child, onLine);
  child.stdin?.on("error", () => {}).end(input ?? "");
  return new Promise((resolve, reject) => {
    child.on("error", ({ message }) => {
      if (mayFail) resolve({ ...ran, stderr: message });
      else reject(new Problem(`${command} cannot be run: ${message}`, 3));
    });
    child.on("close", (code) => {
      children.delete(child);
      ran.code = code ?? 1;
      if (ran.code === 0 || mayFail) resolve(ran);
      else reject(new Problem(failure(command, args, ran)));
    });
  });
}

function collect(child: ChildProcess, onLine?: (line: string) => void): Ran {
  const ran: Ran = { code: 127, stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.setEncoding("utf8").on("data", (chunk: string) => {
      ran[stream] += chunk;
      for (const line of stripVTControlCharacters(chunk).split("\n")) {
        if (line.trim()) onLine?.(line.trim());
      }
    });
  }
  return ran;
}

function failure(command: string, args: string[], { code, stdout, stderr }: Ran): string {
  const end = `${stdout}\n${stderr}`.trim().split("\n").slice(-15).join("\n  ");
  return `${[command, ...args].join(" ").slice(0, 200)} ended with ${code}:\n  ${end}`;
}

const started = Date.now();
const running = new Map<string, { since: number; doing: string }>();

/** One line of progress, with the time since the start. */
export function say(line: string): void {
  process.stderr.write(`${seconds(started).padStart(6)}  ${line}\n`);
}

/** Runs one step; as long as any runs, a line every 10 s says which, for how long, and what they do. */
export async function step<T>(
  name: string,
  work: (report: (doing: string) => void) => Promise<T>,
): Promise<T> {
  const task = { since: Date.now(), doing: "" };
  running.set(name, task);
  const timer = setInterval(() => {
    if (running.keys().next().value === name) showRunning();
  }, 10_000);
  try {
    const result = await work((doing) => {
      task.doing = doing.slice(0, 90);
    });
    if (Date.now() - task.since > 1000) say(`${name}: done in ${seconds(task.since)}`);
    return result;
  } finally {
    clearInterval(timer);
    running.delete(name);
  }
}

function showRunning(): void {
  for (const [name, { since, doing }] of running) say(`${name}: ${seconds(since)}  ${doing}`);
}

const seconds = (since: number): string => `${Math.round((Date.now() - since) / 1000)} s`;
