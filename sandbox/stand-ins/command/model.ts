/** What the `command` plugin plans: any changed input runs the command again, a trigger replaces. */
import type { Failure, Model, Properties } from "../model";

const shared = ["create", "update", "delete", "triggers", "stdin", "logging"];
const inputs = [...shared, "environment", "addPreviousOutputInEnv"];
const computed = ["stdout", "stderr"];
const replaces = (path: string) => /^triggers\b/.test(path);

function hasHost({ connection }: Properties): Failure[] {
  const missing = typeof connection === "object" && (connection as Properties | null)?.host;
  return missing === undefined
    ? [{ property: "connection", reason: "Missing required field 'host' on 'remote.Connection'" }]
    : [];
}

export const name = "command";
export const version = "1.2.1";
export const models: Record<string, Model> = {
  "command:remote:Command": {
    inputs: [...inputs, "connection"],
    required: ["connection"],
    secret: ["connection"],
    computed,
    replaces,
    check: hasHost,
  },
  "command:local:Command": { inputs: [...inputs, "interpreter", "dir"], computed, replaces },
};
