import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { type Ended, untilThereIsRoom } from "./capacity";
import { exit } from "./exit";
import { type Variables, withPassphrase } from "./passphrase";

const usage = `usage: npm run up -- [--stack NAME] [--wait-for-capacity TIME]

Runs pulumi up. With --wait-for-capacity 6h (or 90m) it confirms by itself, and where the cloud has no room for the machine
it asks again every five minutes, so long, and once more at the end. What was made so far stays, and each attempt goes on
from there.

Ends with 0 when it is done, 1 when it failed or the time is over, 2 when it is used wrongly.`;

/** Between two attempts, in ms: clouds slow down who asks more often. */
const pause = 5 * 60_000;

interface Options {
  stack?: string | undefined;
  /** In ms; nothing where nobody wants to wait. */
  patience?: number | undefined;
}

async function main(): Promise<number> {
  const options = read();
  if (!options) {
    console.error(usage);
    return exit.usage;
  }
  const { stack, patience } = options;
  const args = ["pulumi", "up", ...(stack ? ["--stack", stack] : [])];
  if (patience === undefined) return (await run(args, "inherit")).code;

  const attempt = () =>
    withPassphrase((variables) => run([...args, "--yes", "--skip-preview"], "pipe", variables));
  return (await untilThereIsRoom(attempt, patience, pause)).code;
}

function read(): Options | undefined {
  try {
    const { values } = parseArgs({
      options: { stack: { type: "string" }, "wait-for-capacity": { type: "string" } },
    });
    const time = values["wait-for-capacity"];
    const patience = time === undefined ? undefined : milliseconds(time);
    return Number.isNaN(patience) ? undefined : { stack: values.stack, patience };
  } catch {
    return undefined;
  }
}

/** What `6h` or `90m` are, or NaN. */
function milliseconds(time: string): number {
  const [, count, unit] = /^([1-9]\d{0,3})([mh])$/.exec(time) ?? [];
  return Number(count) * (unit === "h" ? 3_600_000 : 60_000);
}

/** @param out whether it has this terminal, as if it had been called by itself, or what it prints is shown and kept */
function run(args: string[], out: "inherit" | "pipe", variables: Variables = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...variables };
    const isPiped = out === "pipe";
    // In a process group of its own, the terminal does not end it.
    const stdio: StdioOptions = [isPiped ? "ignore" : "inherit", out, out];
    const child = spawn("npx", args, { env, stdio, detached: isPiped });
    const wasInterrupted = isPiped ? passOnSignals(child) : () => false;
    let output = "";
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ] as const) {
      from?.on("data", (chunk: Buffer) => {
        output += chunk;
        to.write(chunk);
      });
    }
    child.on("error", reject).on("close", (code) => {
      const ended = { code: code === 0 ? exit.done : exit.failed, output };
      // Whoever interrupts it wants no other attempt.
      resolve(wasInterrupted() ? { code: exit.failed, output: "" } : ended);
    });
  });
}

/**
 * Lets the engine end its update by itself, which takes a moment: without somebody who reads what it says, it would be
 * killed. Once each, for a second signal makes it end at once, and npm repeats the first one.
 * @returns whether there was one
 */
function passOnSignals({ pid }: ChildProcess): () => boolean {
  let passedOn = 0;
  const passOn = (signal: NodeJS.Signals) => {
    if (!pid || Date.now() - passedOn < 2000) return;
    passedOn = Date.now();
    try {
      process.kill(-pid, signal);
    } catch {} // It has just ended by itself.
  };
  // Who closes the terminal reads no more, and the engine is to end as well.
  const hangUp = () => passOn("SIGINT");
  process.stdout.on("error", hangUp);
  process.on("SIGINT", passOn).on("SIGTERM", passOn).on("SIGHUP", hangUp);
  return () => {
    process.stdout.off("error", hangUp);
    process.off("SIGINT", passOn).off("SIGTERM", passOn).off("SIGHUP", hangUp);
    return passedOn > 0;
  };
}

main().then((code) => {
  process.exitCode = code;
});
