/** What all clouds have in common: resources are kept, and the world is made as they say. */
import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Effects, Step } from "./frame";
import type { Properties } from "./model";
import { forget, isNamed, keep, type Resource, resources, write } from "./store";

export interface Cloud {
  plugin: string;
  types: string[];
  /** Why the cloud does not even look at what is asked. */
  denied?(step: Step): string | undefined;
  /** Why the cloud refuses a new or changed resource, in its own words. */
  refusal(step: Step, all: Resource[]): string | undefined;
  /** Why it does not delete one, to which these refer. */
  stays?(step: Step, referring: Resource[]): string | undefined;
  /** What the cloud adds to what was asked for, `id` among it; what it said before is in `state`. */
  outputs(step: Step, all: Resource[]): Properties;
  /** Makes the world as it is to be. */
  converge(): Promise<void>;
}

/** As `Instance`. */
export const kindOf = ({ type }: Step): string => type.split(":").at(-1) ?? "";

/** The effects of every type of a cloud. */
export function kept(cloud: Cloud): Record<string, Effects> {
  const { plugin, types, denied, stays, converge } = cloud;
  const set = (step: Step) => change(cloud, step);
  const effects: Effects = {
    create: set,
    update: set,
    async delete(step) {
      const by = naming(plugin, [step.id, step.state.selfLink, step.state.address]);
      refuse(denied?.(step) ?? failing(`delete ${step.type}`) ?? stays?.(step, by));
      forget(plugin, step.id);
      await converge();
    },
    async read(step) {
      refuse(denied?.(step) ?? failing(`read ${step.type} with ${keyOf(step)}`));
      return resources(plugin).find(({ id }) => isNamed(id, step.id))?.outputs;
    },
  };
  return Object.fromEntries(types.map((type) => [type, effects]));
}

/** What refers to something by one of its names. */
const naming = (plugin: string, names: unknown[]): Resource[] =>
  resources(plugin).filter(({ inputs }) => texts(inputs).some((text) => names.includes(text)));

function refuse(problem: string | undefined): void {
  if (problem) throw new Error(problem);
}

async function change(cloud: Cloud, step: Step): Promise<Properties> {
  const { plugin, denied, refusal, outputs, converge } = cloud;
  const all = resources(plugin).filter(({ id }) => id !== step.id);
  const doing = `${step.id ? "update" : "create"} ${step.type}`;
  refuse(denied?.(step) ?? failing(doing) ?? refusal(step, all));
  const now: Properties = { ...step.inputs, ...outputs(step, all) };
  const id = String(now.id ?? step.id);
  keep(plugin, { type: step.type, id, inputs: step.inputs, outputs: now });
  await converge().catch((error) => {
    if (!step.id) forget(plugin, id);
    throw error;
  });
  refuse(failing(`answer to ${doing}`));
  return { ...now, halfMade: failing(`end of ${doing}`) };
}

export type Failure = { when: string; error: string; times?: number };

/**
 * A failure on demand: the first entry of the sandbox's `cloud/failures.json` whose `when` is part of
 * what is done, as `[{ "when": "create oci:Core/instance", "error": "500-…", "times": 1 }]`. With
 * `answer to create …` it is done, and nobody learns of it; with `end of create …` it is there, and has failed; with
 * `told by …` the error is what a function answers. `read …` ends with the key of Oracle's that is asked with.
 */
export function failing(doing: string): string | undefined {
  const file = path.join(process.env.PULUMI_HOME ?? "", "..", "cloud", "failures.json");
  if (!existsSync(file)) return undefined;
  const all: Failure[] = JSON.parse(readFileSync(file, "utf8"));
  const found = all.find(({ when, times = 1 }) => times > 0 && doing.includes(when));
  if (found) {
    found.times = (found.times ?? 1) - 1;
    write(file, all);
  }
  return found?.error;
}

/** The fingerprint of the API key that Oracle is asked with, where the stack's file has it. */
export const keyOf = ({ config }: { config: Properties }) => config["oci:config:fingerprint"];

export const newId = (bytes = 30): string => randomBytes(bytes).toString("hex");

/** Every text in a value, at any depth. */
export function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(texts) : [];
}
