import { parseDocument } from "yaml";
import type { Action, Plan, Planned } from "../../operations/plan/schema";
import { wordsFor } from "../../operations/plan/words";
import type { Exported } from "./plan-state";

/** What one row of a table changes: the stack file, or what the state has otherwise than it would be now. */
export interface StackChange {
  /** By path below `snikket:`, as `host.shape`. */
  set?: Record<string, unknown>;
  state?: (text: string) => string;
  /** What a refusal of the program says. */
  says?: RegExp;
}

/** The stack file with keys set. */
export function changedFile(text: string, { set = {} }: StackChange): string {
  const document = parseDocument(text);
  for (const [key, value] of Object.entries(set)) {
    const [first, ...rest] = key.split(".");
    document.setIn(["config", `snikket:${first}`, ...rest], document.createNode(value));
  }
  return document.toString();
}

export function changedState(state: Exported, { state: change }: StackChange): Exported {
  if (!change) return state;
  const before = JSON.stringify(state);
  const after = change(before);
  if (after === before) throw new Error("the state does not hold what is to be changed in it");
  return JSON.parse(after);
}

const verbs: [Action, string][] = [
  ["replace", "replaces"],
  ["delete", "removes"],
  ["create", "makes"],
  ["update", "changes"],
];

/** A plan in as few words as a table has room for; what is remembered or looked at from outside is left out. */
export function inShort({ resources }: Plan): string {
  const what = ({ type, name }: Planned) => wordsFor(type, name).what;
  const things = resources.filter(({ type }) => !/^(command|pulumi):/.test(type));
  const blocked = things.filter((one) => one.blocked).map(what);
  const done = verbs.map(([action, verb]) => {
    const some = things.filter((one) => one.action === action).map(what);
    return some.length ? `${verb} ${counted(some).join(", ")}` : "";
  });
  const are = blocked.length > 1 ? "are" : "is";
  const protection = blocked.length
    ? `refused: ${counted(blocked).join(", ")} ${are} protected`
    : "";
  const clauses = [protection, ...done, ...steps(resources)].filter(Boolean);
  return clauses.join("; ") || "nothing";
}

const counted = (words: string[]): string[] =>
  [...new Set(words)].map((word) => {
    const times = words.filter((one) => one === word).length;
    return times > 1 ? `${times} × ${word}` : word;
  });

function steps(resources: Planned[]): string[] {
  const ran = resources.filter(({ type }) => type === "command:remote:Command");
  const names = ran.map(({ name }) => name);
  const all = ["host-prepare", "docker-install", "snikket-stage", "snikket-deploy"];
  if (all.every((name) => names.includes(name))) return ["runs every step"];
  const known: Record<string, string> = {
    "host-prepare": "prepares the machine",
    "docker-install": "looks at Docker",
    "snikket-stage": "recreates Snikket",
  };
  return all.filter((name) => names.includes(name)).flatMap((name) => known[name] ?? []);
}
