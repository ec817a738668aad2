import { planOf } from "../../operations/plan/changes";
import type { DigestState, DigestStep } from "../../operations/plan/engine";
import { PlanSchema } from "../../operations/plan/schema";

/** The engine's own mark of a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const instance = "oci:Core/instance:Instance";

export const urn = (type: string, name: string) =>
  `urn:pulumi:home::snikket::snikket:host:OracleHost$${type}::${name}`;
export const state = (type: string, inputs = {}, more = {}): DigestState => ({
  type,
  custom: true,
  inputs,
  ...more,
});

/** One step of a digest, as the engine prints it. */
export function step(
  op: string,
  type: string,
  name: string,
  more: Partial<DigestStep> = {},
): DigestStep {
  const states = {
    ...(op !== "create" && { oldState: state(type) }),
    ...(op !== "delete" && { newState: state(type) }),
  };
  return { op, urn: urn(type, name), ...states, ...more };
}

/** The plan of these steps. */
export const plan = (steps: DigestStep[], wasProtected: string[] = []) =>
  PlanSchema.parse(
    planOf(
      { steps },
      { stack: "home", comparedWith: "state", protected: new Set(wasProtected), notes: [] },
    ),
  );
