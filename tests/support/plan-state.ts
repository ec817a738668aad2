import { readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { planOf } from "../../operations/plan/changes";
import {
  askNobody,
  type Digest,
  type DigestStep,
  planningEngine,
  preview,
} from "../../operations/plan/engine";
import type { Plan } from "../../operations/plan/schema";
import { planStackFile } from "../../operations/plan/stack-file";
import {
  type PlannedState,
  readState,
  type StateResource,
  unknown,
  type Values,
} from "../../operations/plan/state";
import {
  environment,
  makeWorkspace,
  salt,
  writeProject,
  writeState,
} from "../../operations/plan/workspace";
import { declared } from "../../sandbox/stand-ins/declarations";
import { exampleReports } from "./example-stack";

const root = path.join(__dirname, "../..");

/** A secret as it stands in an exported state; nobody here can read it. */
export const encrypted = () => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  ciphertext: "v1:bm9ib2R5J3M=:a2V5",
});

interface Planned extends StateResource {
  custom?: boolean;
  additionalSecretOutputs?: string[];
  propertyDependencies?: Record<string, string[]>;
}

export interface Exported {
  version: 3;
  deployment: { resources: StateResource[]; [other: string]: unknown };
}

/** As `pulumi stack export` writes it. */
export const exported = (resources: StateResource[]): Exported => ({
  version: 3,
  deployment: {
    manifest: { time: "2026-01-01T00:00:00Z", magic: "", version: "v3.251.0" },
    secrets_providers: { type: "passphrase", state: { salt: "v1:c29tZWJvZHk=:v1:YQ==:Yg==" } },
    resources,
  },
});

/** Version of a provider that npm installed. */
const installed = (provider: string): string | undefined => {
  const file = path.join(root, "node_modules/@pulumi", provider, "package.json");
  return provider === "pulumi" ? undefined : JSON.parse(readFileSync(file, "utf8")).version;
};

/** Plans one stack again and again with one engine; `end()` when done. */
export interface Planner {
  /** What an `up` of this stack file's text would do to a state, or as a new stack. @throws Refusal */
  plan(text: string, state?: Exported): Promise<Plan>;
  /** The state that an `up` of it would leave. */
  stateAfterUp(text: string): Promise<Exported>;
  end(): void;
}

/** @param more variables of the engine and the program */
export async function planner(stack: string, more = {}): Promise<Planner> {
  const workspace = makeWorkspace();
  writeProject(workspace, stack, "");
  const variables = {
    ...environment(workspace),
    ...(await planningEngine(workspace.home)),
    ...more,
  };
  const look = (text: string, state?: PlannedState): Promise<Digest> => {
    const file = path.join(workspace.project, `stacks/Pulumi.${stack}.yaml`);
    writeFileSync(file, planStackFile(text, salt));
    writeState(workspace, stack, state);
    return preview(stack, workspace.project, variables, askNobody);
  };
  return {
    async plan(text, exported) {
      const state = exported && readState(JSON.stringify(exported), installed, salt);
      const nothing = { protected: new Set<string>(), notes: [] };
      const comparedWith = state ? "state" : "nothing";
      return planOf(await look(text, state), { ...nothing, ...state, stack, comparedWith });
    },
    stateAfterUp: async (text) => exported(await settled((state) => look(text, state))),
    // jest's processes do not tell of their end, as others do.
    end: () => rmSync(path.dirname(workspace.project), { recursive: true }),
  };
}

/** The state that an `up` of a stack file would leave. */
export async function stateAfterUp(stackFile: string, stack: string): Promise<Exported> {
  const { stateAfterUp, end } = await planner(stack);
  return stateAfterUp(readFileSync(stackFile, "utf8")).finally(end);
}

/**
 * The engine plans it; what only a cloud could know is made up, and planned against again, until nothing changes any
 * more.
 */
async function settled(look: (state?: PlannedState) => Promise<Digest>): Promise<StateResource[]> {
  let resources: StateResource[] = [];
  for (let round = 0; round < 12; round++) {
    const text = JSON.stringify(exported(resources));
    const state = resources.length ? readState(text, installed, salt) : undefined;
    const { steps = [] } = await look(state);
    if (steps.every(({ op }) => op === "same")) return resources;
    // What is still unknown by then comes from a secret, and is one.
    resources = merged(resources, steps, round > 3);
  }
  throw new Error("what was made up never fits");
}

function merged(before: StateResource[], steps: DigestStep[], secret: boolean): StateResource[] {
  const resources = new Map(before.map((resource) => [resource.urn, resource]));
  for (const { op, newState } of steps) {
    const planned = newState as Planned | undefined;
    if (op === "same" || !planned) continue;
    const provider = planned.provider?.replace(unknown, "provider-id");
    const [urn = ""] = provider?.split(/::(?=[^:]+$)/) ?? [];
    if (urn && !resources.has(urn)) resources.set(urn, providerOf(urn));
    resources.set(planned.urn, created(planned, provider, secret));
  }
  return [...resources.values()];
}

const typeOf = (urn: string): string => urn.split("::")[2]?.split("$").at(-1) ?? "";
const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";

function created(planned: Planned, provider: string | undefined, secret: boolean): StateResource {
  if (!planned.custom) return planned;
  const { urn, inputs = {}, propertyDependencies = {} } = planned;
  if (typeOf(urn).startsWith("pulumi:providers:"))
    return { ...planned, id: "provider-id", outputs: inputs };
  // Most of what one thing must know of another is its id.
  const given = mapValues(inputs, (value, key) =>
    known(value, secret ? encrypted() : `${nameOf(propertyDependencies[key]?.[0] ?? urn)}-id`),
  );
  return {
    ...planned,
    id: `${nameOf(urn)}-id`,
    inputs: given,
    outputs: { ...computed(planned), ...given },
    ...(provider && { provider }),
  };
}

/** What is known only afterwards. */
function computed({ urn, type, additionalSecretOutputs = [] }: Planned): Values {
  const name = nameOf(urn);
  if (type === "pulumi:index:Stash") return { output: `${name}-output` };
  const { computed = ["stdout", "stderr"], secret = [] } = declared(type) ?? {};
  const secrets = [...secret, ...additionalSecretOutputs];
  const value = (key: string): unknown => {
    if (secrets.includes(key)) return encrypted();
    const report = key === "stdout" && exampleReports[name as keyof typeof exampleReports];
    return report || `${name}-${key}`;
  };
  return Object.fromEntries(computed.map((key) => [key, value(key)]));
}

const mapValues = (values: Values, change: (value: unknown, key: string) => unknown): Values =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, change(value, key)]));

/** Every unknown value gets this one, and every secret its envelope. */
function known(value: unknown, made: unknown): unknown {
  if (value === "[secret]") return encrypted();
  if (value === unknown) return made;
  if (Array.isArray(value)) return value.map((item) => known(item, made));
  if (typeof value !== "object" || value === null) return value;
  return mapValues(value as Values, (item) => known(item, made));
}

function providerOf(urn: string): StateResource & { custom: true } {
  const type = typeOf(urn);
  const version = installed(type.replace("pulumi:providers:", ""));
  const values = version ? { version } : {};
  return { urn, custom: true, id: "provider-id", type, inputs: values, outputs: values };
}
