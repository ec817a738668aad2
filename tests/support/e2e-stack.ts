import { readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { checkout, inHome } from "../../sandbox/settings";
import { stack, stackEnvironment } from "../../sandbox/stack";
import { command, type Ended, expectDone } from "./e2e";

export interface PulumiOptions {
  /** Another stack file than the stack's own. */
  stackFile?: string | undefined;
  input?: string;
  /** More variables, as another backend. */
  env?: Record<string, string>;
}

/** `npx pulumi …` on the sandbox's stack, as `npm run sandbox -- env` lets a person use it. */
export function pulumi(args: string[], { stackFile, input, env }: PulumiOptions = {}) {
  const file = stackFile ? ["--config-file", stackFile] : [];
  return command("npx", ["pulumi", ...args, ...file], {
    env: { ...process.env, ...stackEnvironment(), ...env },
    input,
  });
}

export const up = (options?: PulumiOptions): Promise<Ended> =>
  pulumi(["up", "--yes", "--skip-preview"], options);

/** Outputs of the stack; secret ones in plain text where that is asked for. */
export async function outputs(...args: "--show-secrets"[]): Promise<Record<string, string>> {
  const ended = await pulumi(["stack", "output", "--json", ...args]);
  expectDone(ended);
  return JSON.parse(ended.output);
}

/** What an `up` or a preview did, by its own summary: `{ created: 13 }`. */
export function summary({ output }: Ended): Record<string, number> {
  const [, lines = ""] = /^Resources:\n((?: +.*\n)+)/m.exec(output) ?? [];
  const counts = [...lines.matchAll(/(\d+) ([a-z ]+?)(?=[.\n])/g)];
  return Object.fromEntries(counts.map(([, count, what]) => [what, Number(count)]));
}

/** The stack's file, with some keys below `snikket:` changed. */
export function stackFileWith(name: string, changes: Record<string, unknown>): string {
  const own = readFileSync(path.join(checkout, "stacks", `Pulumi.${stack}.yaml`), "utf8");
  const { config, ...rest } = parse(own);
  for (const [key, value] of Object.entries(changes)) config[`snikket:${key}`] = value;
  const file = inHome("e2e", `${name}.yaml`);
  writeFileSync(file, stringify({ ...rest, config }));
  return file;
}
