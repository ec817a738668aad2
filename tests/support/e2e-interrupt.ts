import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { stripVTControlCharacters } from "node:util";
import { step } from "../../sandbox/console";
import { checkout } from "../../sandbox/settings";

/** Of the moments: others each time, and the same again with INTERRUPT_SEED. */
export const seed = Number(process.env.INTERRUPT_SEED ?? Date.now() % 1_000_000);

/** A way in which somebody's programs are interrupted. */
interface Interrupter {
  /** Starts a program so that it can be interrupted. */
  start(program: string, args: string[]): ChildProcess;
  interrupt(child: ChildProcess): void;
}

const options = { cwd: checkout, detached: true, stdio: "pipe" } as const;

/** Ctrl-C on a terminal: all of its programs are told. */
export const ctrlC: Interrupter = {
  start: (program, args) => {
    const terminal = ["--quiet", "--flush", "--return", "--command", [program, ...args].join(" ")];
    return spawn("script", [...terminal, "/dev/null"], options);
  },
  interrupt: (child) => child.stdin?.write("\u0003"),
};

/** A signal to the program and all that it started, where there is no terminal. */
export const signalAll = (signal: NodeJS.Signals): Interrupter => ({
  start: (program, args) => spawn(program, args, options),
  interrupt: ({ pid = 0 }) => process.kill(-pid, signal),
});

export interface Interrupted {
  output: string;
  code: number | null;
  /** From the interruption to the end, in seconds. */
  seconds: number;
}

/** What the sandbox says last when it is interrupted; npm may draw a sign after it. */
export const goesOn = /\nInterrupted\. "npm run sandbox" goes on from here; .+ it is removed\.\W*$/;

/** Starts a program and interrupts it so many seconds after a text has appeared. */
export async function interrupt(
  { start, interrupt }: Interrupter,
  [program, ...args]: [string, ...string[]],
  { after, seconds }: { after: RegExp; seconds: number },
): Promise<Interrupted> {
  const child = start(program, args);
  const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
  let output = "";
  const appeared = new Promise<void>((resolve) => {
    const read = (chunk: string) => {
      output += stripVTControlCharacters(chunk);
      if (after.test(output)) resolve();
    };
    child.stdout?.setEncoding("utf8").on("data", read);
    child.stderr?.setEncoding("utf8").on("data", read);
  });
  const what = `${program} ${args.join(" ")}, until ${seconds.toFixed(1)} s after ${after}`;
  await step(what, () => Promise.race([appeared.then(() => sleep(seconds * 1000)), ended]));
  const interruptedAt = Date.now();
  if (child.exitCode === null) interrupt(child);
  const code = await step("its end", () => ended);
  return { output, code, seconds: (Date.now() - interruptedAt) / 1000 };
}
