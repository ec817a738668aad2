/** An exported state, made fit to be planned against: without secrets, and with the providers that are here. */
import { createHash } from "node:crypto";
import { type Installed, withInstalledProviders } from "./providers";
import { Refusal } from "./refusal";

/** One resource as `pulumi stack export` writes it; what is not named here is kept as it is. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Values;
  outputs?: Values;
  protect?: boolean;
  /** URN and id of its provider. */
  provider?: string;
}

export type Values = Record<string, unknown>;

/** Of such an export, what the file backend keeps below `latest`. */
interface Deployment extends Values {
  resources?: StateResource[];
  pending_operations?: unknown[];
}

export interface PlannedState {
  /** Name of the stack it was exported from; nothing where it is empty. */
  stack: string | undefined;
  deployment: Deployment;
  /** URNs of what is protected. The copy is not: a plan tells of it where the engine would only stop. */
  protected: Set<string>;
  /** What the models are to find when they are asked for a thing that is there. */
  known: { type: string; id: string; inputs: Values; outputs: Values }[];
  /** What a reader should know of this state. */
  notes: string[];
}

/** What the engine writes in place of a secret. As an input the models take it for equal to whatever it is compared with. */
export const masked = "[secret]";
/** The engine's own mark of a value that is not known yet. Source: pulumi/pulumi, sdk/go/common/resource/plugin. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signature = "4dabf18193072939515e22adb298388d";
const secret = "1b47061264138c4ac30d75fd1eb44270";
const mask = { [signature]: secret, plaintext: JSON.stringify(masked) };

/**
 * Reads what `pulumi stack export` wrote.
 * @param salt of the temporary stack, in which nothing is secret
 * @throws Refusal where it is something else
 */
export function readState(text: string, installed: Installed, salt: string): PlannedState {
  const exported = deploymentOf(text);
  try {
    return planned(exported, installed, salt);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Refusal("is nested too deeply");
  }
}

function planned(exported: Deployment, installed: Installed, salt: string): PlannedState {
  const { resources: usable, notes } = withInstalledProviders(exported.resources ?? [], installed);
  const resources = usable.map(withoutSecrets);
  notes.unshift("Secrets were not compared: a changed one is not seen here.");
  if (exported.pending_operations?.length)
    notes.push("An update was interrupted, and its state may not know what was being made then.");
  return {
    stack: stackOf(resources[0]),
    deployment: {
      ...exported,
      manifest: manifest(exported),
      secrets_providers: { type: "passphrase", state: { salt } },
      resources: resources.map(({ protect: _, ...resource }) => resource),
      pending_operations: [],
    },
    protected: new Set(resources.filter(({ protect }) => protect).map(({ urn }) => urn)),
    known: resources.flatMap(known),
    notes,
  };
}

/** It becomes the name of a file. */
function stackOf(resource: StateResource | undefined): string | undefined {
  const name = resource?.urn.split("::")[0]?.split(":")[2];
  if (name === undefined || /^[A-Za-z0-9_.-]{1,100}$/.test(name)) return name;
  throw new Refusal(`is of a stack whose name cannot be one: ${JSON.stringify(name)}`);
}

/** The engine refuses a state whose sum does not fit, as that of an edited one. Source: pulumi/pulumi, pkg/resource/deploy. */
function manifest({ manifest }: Deployment): Values {
  const { time = new Date(0).toISOString(), version = "v3.0.0" } = (manifest ?? {}) as Values;
  return { time, version, magic: createHash("sha256").update(String(version)).digest("hex") };
}

/** It writes 4 where a resource has what older engines do not know, as hooks. Source: pulumi/pulumi, pkg/resource/stack. */
const versions: unknown[] = [3, 4];

function deploymentOf(text: string): Deployment {
  const { version, deployment } = parsed(text) ?? {};
  if (!versions.includes(version) || !isObject(deployment))
    throw new Refusal("is not what pulumi stack export writes: version 3 or 4, and a deployment");
  const { resources = [] } = deployment;
  const wrong = Array.isArray(resources) ? resources.findIndex((one) => !isResource(one)) : 0;
  if (wrong < 0) return deployment;
  throw new Refusal(`is damaged: resource ${wrong + 1} is not what pulumi stack export writes`);
}

const isResource = (one: unknown): boolean =>
  isObject(one) &&
  [one.urn, one.type].every((text) => typeof text === "string") &&
  [one.id, one.provider].every((text) => text === undefined || typeof text === "string") &&
  [one.inputs, one.outputs].every((values) => values === undefined || isObject(values));

function parsed(text: string): { version?: unknown; deployment?: unknown } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a command printed in secret is unknown instead of masked: the program reads something into it. */
function withoutSecrets(resource: StateResource): StateResource {
  const { type, inputs = {}, outputs = {} } = resource;
  const isPrinted = (name: string) => type.startsWith("command:") && !holdsSecret(inputs[name]);
  const replaced = (value: unknown, name: string) =>
    replaceSecrets(value, isPrinted(name) ? unknown : mask);
  return {
    ...resource,
    ...(resource.inputs && { inputs: mapValues(inputs, (value) => replaceSecrets(value, mask)) }),
    ...(resource.outputs && { outputs: mapValues(outputs, replaced) }),
  };
}

const mapValues = (values: Values, change: (value: unknown, name: string) => unknown): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value, name)]));

const isObject = (value: unknown): value is Values => typeof value === "object" && value !== null;
const isSecret = (value: unknown): boolean => isObject(value) && value[signature] === secret;
const holdsSecret = (value: unknown): boolean =>
  isSecret(value) || (isObject(value) && Object.values(value).some(holdsSecret));

function replaceSecrets(value: unknown, by: unknown): unknown {
  if (isSecret(value)) return by;
  if (Array.isArray(value)) return value.map((item) => replaceSecrets(item, by));
  return isObject(value) ? mapValues(value, (item) => replaceSecrets(item, by)) : value;
}

function known({ type, id, inputs = {}, outputs = {} }: StateResource): PlannedState["known"] {
  if (!id || type.startsWith("pulumi:")) return [];
  const plain = (value: unknown) => replaceSecrets(value, masked);
  return [{ type, id, inputs: mapValues(inputs, plain), outputs: mapValues(outputs, plain) }];
}
