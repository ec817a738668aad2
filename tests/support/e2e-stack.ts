import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { home, inHome } from "../../sandbox/settings";
import { stackFile as ownStackFile, stack, stackEnvironment } from "../../sandbox/stack";
import { command, type Ended, expectDone } from "./e2e";

export interface PulumiOptions {
  /** Another stack file than the stack's own. */
  stackFile?: string | undefined;
  input?: string;
  /** More variables, as another backend; or without one of the sandbox's. */
  env?: NodeJS.ProcessEnv;
  /** Another checkout. */
  cwd?: string;
}

/** `npx pulumi …` on the sandbox's stack, as `npm run sandbox -- env` lets a person use it. */
export function pulumi(args: string[], { stackFile, env, ...more }: PulumiOptions = {}) {
  const file = stackFile ? ["--config-file", stackFile] : [];
  return command("npx", ["pulumi", ...args, ...file], {
    env: { ...process.env, ...stackEnvironment(), ...env },
    ...more,
  });
}

export const up = (options?: PulumiOptions): Promise<Ended> =>
  pulumi(["up", "--yes", "--skip-preview"], options);

/** Outputs of the stack; secret ones in plain text where that is asked for. */
export async function outputs(...args: "--show-secrets"[]): Promise<Record<string, string>> {
  const ended = await pulumi(["stack", "output", "--json", ...args]);
  expectDone(ended);
  return JSON.parse(ended.stdout);
}

/** What an `up` or a preview did, by its own summary: `{ created: 13 }`. */
export function summary({ output }: Ended): Record<string, number> {
  const [, lines = ""] = /^Resources:\n((?: +.*\n)+)/m.exec(output) ?? [];
  const counts = [...lines.matchAll(/(\d+) (?!changes)([a-z ]+?)(?=[.\n])/g)];
  return Object.fromEntries(counts.map(([, count, what]) => [what, Number(count)]));
}

/** The stack's file, or another one, with some keys below `snikket:` changed. */
export function stackFileWith(
  name: string,
  changes: Record<string, unknown>,
  from = ownStackFile,
): string {
  const { config, ...rest } = parse(readFileSync(from, "utf8"));
  for (const [key, value] of Object.entries(changes)) config[`snikket:${key}`] = value;
  const file = inHome("e2e", `${name}.yaml`);
  writeFileSync(file, stringify({ ...rest, config }, { defaultStringType: "QUOTE_DOUBLE" }));
  return file;
}

/** The stack's file, with another secret in it. @param key with its namespace */
export async function stackFileWithSecret(key: string, secret: string): Promise<string> {
  const stackFile = stackFileWith("secret", {});
  expectDone(await pulumi(["config", "set", "--secret", key], { stackFile, input: secret }));
  return stackFile;
}

/** The backend's folder. */
const stateFolder = path.join(home, "state");

/**
 * A copy of the backend: an `up` on it can run beside others on the same machine, and what it leaves is forgotten.
 * @returns the variable that names it
 */
export function copyOfState(name: string): Record<string, string> {
  const copy = inHome("e2e", `state-${name}`);
  rmSync(copy, { recursive: true, force: true });
  cpSync(stateFolder, copy, { recursive: true });
  rmSync(path.join(copy, ".pulumi", "locks"), { recursive: true, force: true });
  return { PULUMI_BACKEND_URL: `file://${copy}` };
}

/** A backend in which the stack is new. @returns the variable that names it */
export async function emptyState(name: string): Promise<Record<string, string>> {
  const folder = inHome("e2e", `state-${name}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const env = { PULUMI_BACKEND_URL: `file://${folder}` };
  expectDone(await pulumi(["stack", "init", stack], { env }));
  return env;
}

/** Not about a resource itself: how a secret happens to be encrypted, when it was last looked at, what the engine notes. */
const passing = ["ciphertext", "modified", "propertyDependencies"];

/** What the engine knows of the stack. */
interface Deployment {
  resources: { urn: string }[];
  /** What it was doing when it was cut off. */
  pending_operations?: { resource: { urn: string } }[];
}

/** The stack's state in a backend. */
export function deployment({ PULUMI_BACKEND_URL } = stackEnvironment()): Deployment {
  const folder = (PULUMI_BACKEND_URL ?? "").replace(/^file:\/\/|\?.*/g, "");
  const file = path.join(folder, ".pulumi", "stacks", "snikket", `${stack}.json`);
  return JSON.parse(readFileSync(file, "utf8")).checkpoint.latest;
}

/** A digest of each resource in a backend's state by its URN. */
export function resources(backend = stackEnvironment()): Record<string, string> {
  const { resources: list } = deployment(backend);
  const digest = (resource: object) => {
    const text = JSON.stringify(resource, (key, value) =>
      passing.includes(key) ? undefined : value,
    );
    return createHash("sha256").update(text).digest("hex");
  };
  return Object.fromEntries(list.map((resource) => [resource.urn, digest(resource)]));
}
