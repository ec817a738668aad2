/** What the `command` plugin plans: any changed input runs the command again, a trigger replaces. */
import type { Failure, Model, Properties } from "../model";

const shared = ["create", "update", "delete", "triggers", "stdin", "logging"];
const inputs = [...shared, "environment", "addPreviousOutputInEnv"];
const computed = ["stdout", "stderr"];
const rerun = { computed, renews: true, replaces: { triggers: true } };

const login = ["user", "password", "privateKey", "privateKeyPassword", "agentSocketPath"];
const place = ["host", "port", "hostKey", "proxy", "dialErrorLimit", "perDialTimeout"];

function connects({ connection }: Properties): Failure[] {
  if (typeof connection !== "object" || connection === null) return [];
  const unknown = Object.keys(connection).filter((name) => ![...login, ...place].includes(name));
  return [
    ...("host" in connection ? [] : ["Missing required field 'host'"]),
    ...unknown.map((name) => `Unrecognized field '${name}'`),
  ].map((what) => ({ property: "connection", reason: `${what} on 'remote.Connection'` }));
}

export const models: Record<string, Model> = {
  "command:remote:Command": {
    inputs: [...inputs, "connection"],
    required: ["connection"],
    secret: ["connection"],
    ...rerun,
    check: connects,
  },
  "command:local:Command": { inputs: [...inputs, "interpreter", "dir"], ...rerun },
};
