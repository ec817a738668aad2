import type * as Pulumi from "@pulumi/pulumi";
import "./kept-modules";
import { unwrap } from "./wrapped";

/** A resource as the program registered it; secrets stand wrapped in `inputs`. */
export interface Registered {
  /** The end of its URN: `parent's type$type::name`. */
  tail: string;
  name: string;
  inputs: Record<string, unknown>;
  /** Names of the resources it waits for. */
  after: string[];
  protect: boolean;
  additionalSecretOutputs: string[];
  /** Names of its hooks, by moment. */
  hooks: Record<string, string[]>;
}

export interface Output {
  value: unknown;
  secret: boolean;
}

export interface Engine {
  /** What was registered so far. */
  resources: Registered[];
  /** The one of this name. @throws Error where there is none */
  resource(name: string): Registered;
  /** Its inputs, secrets too. */
  inputs(name: string): Record<string, never>;
  /** The variables that a step of this name hands to its script. */
  variables(name: string): Record<string, string>;
  hooks: Pulumi.ResourceHook[];
  /** Lines of `pulumi.log`. */
  logs: string[];
  /** Runs a program, waits for all it registers, and gives what it exports. @throws what the program throws */
  run(program: () => object): Promise<Record<string, Output>>;
}

interface EngineOptions {
  /** Values as the engine hands them over, without their namespace. */
  config?: Record<string, string>;
  /** What commands print, by resource name. */
  stdout?: Record<string, string>;
  /** Whether it is a preview. @default false */
  preview?: boolean;
}

/** What the SDK has, but does not declare. */
interface Internals {
  setMocks(
    mocks: Pulumi.runtime.Mocks,
    project: string,
    stack: string,
    preview: boolean,
  ): Promise<void>;
  setAllConfig(config: Record<string, string>, secretKeys: string[]): void;
  getMonitor(): Monitor;
  waitForRPCs(): Promise<void>;
}

interface Monitor {
  registerResource(request: Request, answer: unknown): Promise<void>;
}

/** The part of a registration's message that the tests look at. */
interface Request {
  getName(): string;
  getType(): string;
  getParent(): string;
  getObject(): { toJavaScript(): Record<string, unknown> };
  getDependenciesList(): string[];
  getProtect(): boolean;
  getAdditionalsecretoutputsList(): string[];
  getHooks(): { toObject(): Record<string, string[]> } | undefined;
}

const rootType = "pulumi:pulumi:Stack";
/** A new engine of mocks, with modules of its own: programs must be loaded by `require` inside `run`. */
export async function mockEngine({
  config = {},
  stdout = {},
  preview = false,
}: EngineOptions = {}): Promise<Engine> {
  jest.resetModules();
  process.env.SNIKKET_OFFLINE = "1";
  Reflect.deleteProperty(globalThis, "globalStore");
  const pulumi = require("@pulumi/pulumi") as typeof Pulumi;
  const runtime = pulumi.runtime as unknown as Internals;
  const resources: Registered[] = [];
  const newResource = ({ name, inputs }: Pulumi.runtime.MockResourceArgs) => {
    const secret = resources.find((one) => one.name === name)?.additionalSecretOutputs;
    const printed = stdout[name] ?? "";
    const state = {
      ...inputs,
      stdout: secret?.includes("stdout") ? pulumi.secret(printed) : printed,
    };
    return { id: `${name}-id`, state };
  };
  const mocks = { newResource, call: ({ inputs }: Pulumi.runtime.MockCallArgs) => inputs };
  await runtime.setMocks(mocks, "snikket", "test", preview);
  const hooks = recordHooks();
  // As the engine's host does it: the program's own transformations hang on this.
  const stack = new pulumi.ComponentResource(rootType, "snikket-test");
  require("@pulumi/pulumi/runtime/state").setStackResource(stack);
  recordResources(runtime.getMonitor(), resources);
  runtime.setAllConfig(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [`snikket:${key}`, value])),
    ["snikket:sshPrivateKey"],
  );
  const logs: string[] = [];
  jest.spyOn(console, "log").mockImplementation((line) => void logs.push(String(line).trim()));
  const run = async (program: () => object) => {
    const outputs = await settle(pulumi, program());
    await runtime.waitForRPCs();
    return outputs;
  };
  const resource = (name: string) => {
    const found = resources.find((one) => one.name === name);
    if (!found) throw new Error(`${name} was not registered`);
    return found;
  };
  const inputs = (name: string) => unwrap(resource(name).inputs) as Record<string, never>;
  const variables = (name: string) => exportsIn(String(inputs(name).stdin));
  return { resources, resource, inputs, variables, hooks, logs, run };
}

const exportsIn = (script: string): Record<string, string> =>
  Object.fromEntries(
    [...script.matchAll(/^export ([A-Z_0-9]+)='([^']*)'$/gm)].map(([, name, value]) => [
      name,
      value,
    ]),
  );

/** Hooks need a server that the engine calls back; the tests call them themselves. */
function recordHooks(): Pulumi.ResourceHook[] {
  const hooks: Pulumi.ResourceHook[] = [];
  require("@pulumi/pulumi/runtime/state").getStore().callbacks = {
    registerResourceHook: async (hook: Pulumi.ResourceHook) => void hooks.push(hook),
    awaitStackRegistrations: async () => {},
    shutdown: () => {},
  };
  return hooks;
}

function recordResources(monitor: Monitor, resources: Registered[]): void {
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, answer) => {
    if (request.getType() !== rootType) resources.push(registered(request));
    return register(request, answer);
  };
}

function registered(request: Request): Registered {
  const [, , types] = request.getParent().split("::");
  const parent = types === rootType ? undefined : types?.split("$").at(-1);
  const hooks = Object.entries(request.getHooks()?.toObject() ?? {});
  return {
    tail: `${parent ? `${parent}$` : ""}${request.getType()}::${request.getName()}`,
    name: request.getName(),
    inputs: request.getObject().toJavaScript(),
    after: request
      .getDependenciesList()
      .map((urn) => urn.split("::").at(-1) ?? urn)
      .sort(),
    protect: request.getProtect(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    hooks: Object.fromEntries(
      hooks
        .filter(([, names]) => names.length)
        .map(([when, names]) => [when.replace(/List$/, ""), names]),
    ),
  };
}

async function settle(pulumi: typeof Pulumi, exported: object): Promise<Record<string, Output>> {
  const entries = Object.entries(exported).map(async ([name, value]): Promise<[string, Output]> => {
    const output = pulumi.output(value) as unknown as {
      promise(): Promise<unknown>;
      isSecret: Promise<boolean>;
    };
    return [name, { value: await output.promise(), secret: await output.isSecret }];
  });
  return Object.fromEntries(await Promise.all(entries));
}
