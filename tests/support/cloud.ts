import type * as Pulumi from "@pulumi/pulumi";

export interface Cloud {
  /** What a resource has beyond its inputs, by type. */
  made: Record<string, (resource: { name: string; inputs: never }) => object>;
  /** What a function of an SDK is answered, by token. */
  asked?: Record<string, (args: never) => object>;
}

/** The part of a registration's message that `Registered` does not have. */
interface Request {
  getName(): string;
  getDeletebeforereplace(): boolean;
  getIgnorechangesList(): string[];
  getReplaceonchangesList(): string[];
  getReplacementTrigger(): { toJavaScript(): unknown } | undefined;
  getAliasesList(): { getSpec(): { getNoparent(): boolean } | undefined }[];
}

interface Monitor {
  mocks: Pulumi.runtime.Mocks;
  registerResource(request: Request, answer: unknown): Promise<void>;
}

/** Options of a resource beyond those that `Registered` has. */
export interface Options {
  deleteBeforeReplace: boolean;
  ignoreChanges: string[];
  replaceOnChanges: string[];
  replacementTrigger: unknown;
  /** Whether it is found again where it has no parent. */
  orphan: boolean;
}

/** Lets the engine of mocks that was made last answer as a cloud does; gives options by resource, as they come. */
export function answerAs({ made, asked = {} }: Cloud): Record<string, Options> {
  const { runtime } = require("@pulumi/pulumi") as typeof Pulumi;
  // What the SDK has, but does not declare.
  const monitor = (runtime as unknown as { getMonitor(): Monitor }).getMonitor();
  const { newResource } = monitor.mocks;
  monitor.mocks.newResource = async (resource) => {
    const { id, state } = await newResource(resource);
    return { id, state: { ...state, ...made[resource.type]?.(resource as never) } };
  };
  monitor.mocks.call = ({ token, inputs }) => asked[token]?.(inputs as never) ?? inputs;

  const options: Record<string, Options> = {};
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, answer) => {
    options[request.getName()] = {
      deleteBeforeReplace: request.getDeletebeforereplace(),
      ignoreChanges: request.getIgnorechangesList(),
      replaceOnChanges: request.getReplaceonchangesList(),
      replacementTrigger: request.getReplacementTrigger()?.toJavaScript(),
      orphan: request.getAliasesList().some((alias) => alias.getSpec()?.getNoparent()),
    };
    return register(request, answer);
  };
  return options;
}
