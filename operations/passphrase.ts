import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";

/** Variables that Pulumi needs beside this process's own. */
export type Variables = Record<string, string>;

let known: Variables = {};

/**
 * Runs what runs Pulumi, and where that wanted the stack's passphrase, asks for it and runs it once more: Pulumi asks
 * by itself only where nothing is piped.
 * @param attempt gives all that Pulumi said
 */
export async function withPassphrase<T extends { output: string }>(
  attempt: (variables: Variables) => Promise<T>,
): Promise<T> {
  const ended = await attempt(known);
  if (!ended.output.includes("passphrase must be set") || !process.stdin.isTTY) return ended;
  known = { PULUMI_CONFIG_PASSPHRASE: await ask("The stack's passphrase: ") };
  return attempt(known);
}

/** A line that is typed unseen. */
async function ask(what: string): Promise<string> {
  const nowhere = new Writable({ write: (_text, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  terminal.on("SIGINT", () => process.exit(130));
  // Only now does the terminal itself show nothing.
  process.stderr.write(what);
  const answer = await terminal.question("");
  terminal.close();
  process.stderr.write("\n");
  return answer;
}
