/** What the `command` plugin plans: any changed input runs the command again, a trigger replaces. */
import type { Failure, Model, Properties } from "../model";

const shared = ["create", "update", "delete", "triggers", "stdin", "logging"];
const inputs = [...shared, "environment", "addPreviousOutputInEnv"];
const computed = ["stdout", "stderr"];
const rerun = { computed, renews: true, replaces: { triggers: true } };

function hasHost({ connection }: Properties): Failure[] {
  const missing = typeof connection === "object" && (connection as Properties | null)?.host;
  return missing === undefined
    ? [{ property: "connection", reason: "Missing required field 'host' on 'remote.Connection'" }]
    : [];
}

export const models: Record<string, Model> = {
  "command:remote:Command": {
    inputs: [...inputs, "connection"],
    required: ["connection"],
    secret: ["connection"],
    ...rerun,
    check: hasHost,
  },
  "command:local:Command": { inputs: [...inputs, "interpreter", "dir"], ...rerun },
};
