/**
 * What a stand-in for a provider's plugin is made of: a model per resource type and, where something is to happen, its
 * effects. `serve.ts` makes a plugin of them.
 */
import type { LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import type { Declared, Properties, Rules } from "./model";
import type { Resource } from "./store";

/** One operation on one resource, without secret marks. */
export interface Step {
  name: string;
  type: string;
  /** Empty for a new resource. */
  id: string;
  inputs: Properties;
  /** Outputs before this step; empty for a new resource. */
  state: Properties;
  /** Variables of the provider, such as `cloudflare:config:apiToken`. */
  config: Properties;
  /** Aborted when the run is cancelled or the resource's time is over. */
  signal: AbortSignal;
  /** A `status` line is shown while the step runs, and not kept. */
  log(severity: keyof typeof LogSeverity, message: string, kind?: "status"): void;
}

/**
 * What really happens. Outputs that are inputs too need not be returned; `id` becomes the id, and `halfMade` is why it
 * has failed although it is there.
 */
export interface Effects {
  create(step: Step): Promise<Properties>;
  update(step: Step): Promise<Properties>;
  delete(step: Step): Promise<unknown>;
  /** What the resource is now, for refresh and import; `undefined` if it is gone. */
  read?(step: Step): Promise<Properties | undefined>;
}

/** What a function of the SDK can ask. */
export interface Question {
  config: Properties;
  /** All of this cloud. */
  resources(): Resource[];
}

export type Invoke = (args: Properties, question: Question) => Properties | Promise<Properties>;

export interface Plugin {
  name: string;
  version: string;
  /** By resource type, as are the declarations that complete them. */
  models: Record<string, Rules>;
  declarations: Record<string, Declared>;
  /** By the function's token, such as `oci:Core/getImages:getImages`. */
  invokes?: Record<string, Invoke>;
  /** By resource type. Without effects there are plans, and every change is refused. */
  effects?: Record<string, Effects>;
}
