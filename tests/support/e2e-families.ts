import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import type { Server } from "../../sandbox/chat/server";
import type { CloudKind } from "../../sandbox/cloud/cloud";
import { standingMachines } from "../../sandbox/cloud/machines";
import { cloud } from "../../sandbox/cloud/router";
import { docker } from "../../sandbox/docker";
import { account, checkout, inHome, zone } from "../../sandbox/settings";
import { stackFile as ownStackFile, stack } from "../../sandbox/stack";
import { operations } from "./documented";
import { type Ended, expectDone, expectNoTrace, server } from "./e2e";
import { type PulumiOptions, pulumi, resources, stackFileWith } from "./e2e-stack";

/** A family with an account of the sandbox's, a domain and a state of its own. */
export interface Family {
  domain: string;
  /** `npx pulumi …` on its stack, with some keys below `snikket:` changed. */
  pulumi(args: string[], changes?: Record<string, unknown>): Promise<Ended>;
}

/** The family that the sandbox's own commands set up, with a digest of each resource in its state. */
export const firstFamily = (domain: string) => ({
  ...familyOf(domain),
  resources: () => resources(),
});

/** Verbs that read the stack's file. */
const configured = ["up", "preview", "destroy", "import"];

/** @param file its stack's, if it is not the sandbox's own */
export function familyOf(domain: string, options: PulumiOptions = {}, file?: string): Family {
  // Whoever sits at a terminal says yes.
  const env = { ...options.env, PULUMI_SKIP_CONFIRMATIONS: "true" };
  return {
    domain,
    pulumi(args, changes) {
      const isChanged = changes && configured.includes(args[0] ?? "");
      const stackFile = isChanged ? stackFileWith(domain, changes, file) : undefined;
      return pulumi(args, { ...options, env, stackFile });
    },
  };
}

/** What its stack says, but for secrets. */
export async function outputsOf(family: Family): Promise<Record<string, string>> {
  const ended = await family.pulumi(["stack", "output", "--json"]);
  expectDone(ended);
  return JSON.parse(ended.stdout);
}

/** Its server, as its people know it. */
export async function serverOf(family: Family): Promise<Server> {
  const { ipv4 = "" } = await outputsOf(family);
  return { ...server(), domain: family.domain, ipv4 };
}

/** The setting `host` of the sandbox's stack, with more in it. */
export const hostWith = (more: object): Record<string, unknown> => ({
  host: {
    ...parse(readFileSync(ownStackFile, "utf8")).config["snikket:host"],
    ...more,
  },
});

/** The steps that docs/operations.md has after these words. */
function documentedSteps(words: string): string {
  const text = operations();
  const [steps = ""] = text.split(`${words}\n\n`)[1]?.split("\n\n") ?? [];
  expect(steps).toMatch(/^1\. Set `host.protectMachine: false`/);
  return steps;
}

const commandsIn = (text: string): string[][] =>
  [...text.matchAll(/`npx pulumi ([^`]+)`/g)].map(([, words = ""]) => words.split(" "));

/** The commands of docs/operations.md that leave nothing of a server, in their order; the last one forgets the stack. */
export const documentedEnd = (): string[][] => commandsIn(documentedSteps("may go for good:"));

/** Those that replace its machine, by steps: without protection, with what replaces it, and with protection again. */
export function documentedReplacement(kind: CloudKind): string[][][] {
  const steps = documentedSteps("On purpose it goes so:").split("\n");
  expect(steps).toHaveLength(3);
  const own = steps.map((step) => (kind === "google" ? step : step.replace(/At Google .*/, "")));
  // Nobody looks at what `up` itself shows first.
  const quick = (words: string[]) => (words[0] === "up" ? [...words, "--skip-preview"] : words);
  return own.map((step) => commandsIn(step).map(quick));
}

/** The commands of the README that begin the next family, for a stack of another name beside the sandbox's own. */
export function documentedNext(name: string): string[][] {
  const text = readFileSync(path.join(checkout, "README.md"), "utf8");
  const [, steps = ""] = /The next family, [\s\S]*?\n\n([\s\S]*?)\n\n/.exec(text) ?? [];
  expect(steps).toContain("--copy-config-from home");
  const own = steps
    .replaceAll("cousins.example.org", `${name}.${zone}`)
    .replaceAll("cousins", name)
    .replaceAll("--copy-config-from home", `--copy-config-from ${stack}`);
  return [...own.matchAll(/npx pulumi (.+)/g)].map(([, words = ""]) => words.split(" "));
}

/** Machines, volumes and their devices on this computer. */
export async function traces(): Promise<string[]> {
  const volumes = "/srv/cloud/volumes";
  const script = `ls ${volumes}; losetup --noheadings --output BACK-FILE | grep ${volumes} || true`;
  const { stdout } = await docker(["exec", cloud, "sh", "-euc", script]);
  const machines = (await standingMachines()).map(({ container }) => container);
  return [...machines, ...stdout.split("\n").filter(Boolean)];
}

/** This computer's devices of the cloud's volumes, as `loop3`. */
export async function devices(): Promise<string[]> {
  const script =
    "losetup --noheadings --output NAME,BACK-FILE | grep /srv/cloud/volumes | cut -d' ' -f1";
  const { stdout } = await docker(["exec", cloud, "sh", "-c", script]);
  return [...stdout.matchAll(/loop\d+/g)].map(([name]) => name);
}

/** What an error must never have: a stack trace, or a secret of the stack. */
export function expectPlainWords(ended: Ended): void {
  const { output } = ended;
  expectNoTrace(ended);
  expect(output).not.toContain(account.apiToken);
  const passphrase = inHome("passphrase");
  if (existsSync(passphrase)) expect(output).not.toContain(readFileSync(passphrase, "utf8"));
}
