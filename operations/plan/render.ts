import { escaped } from "../../components/printable";
import { actions } from "./changes";
import type { Action, Change, Plan, Planned } from "./schema";
import { wordsFor } from "./words";

const roleOf = ({ type, name }: Planned) => wordsFor(type, name).role;
const isStep = (one: Planned): boolean => roleOf(one) === "step";

/**
 * A plan as text: what is lost first, then the rest, then the counts.
 * @param asked whether clouds and machine were asked for it
 */
export function render(plan: Plan, asked = false): string {
  const things = plan.resources.filter((one) => !isStep(one));
  const gone = things.filter(({ action }) => action === "replace" || action === "delete");
  const chapters = [
    [title(plan, asked)],
    chapter(
      "Replaced or deleted:",
      gone.flatMap((one) => lost(one, plan)),
    ),
    chapter("Created:", things.filter(by("create")).map(line)),
    chapter("Changed in place:", things.filter(by("update")).flatMap(detailed)),
    chapter("Run on the machine, or looked at from outside:", steps(plan.resources.filter(isStep))),
    chapter(
      "To know:",
      plan.notes.map((note) => `  ${note.replaceAll("\n", "\n  ")}`),
    ),
    [summary(plan)],
  ];
  return `${chapters
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

const by =
  (wanted: Action) =>
  ({ action }: Planned): boolean =>
    action === wanted;

const chapter = (heading: string, lines: string[]): string[] =>
  lines.length ? [heading, ...lines] : [];

const title = ({ stack, comparedWith }: Plan, asked: boolean): string => {
  const isNew = comparedWith === "nothing";
  const source = isNew || asked ? "" : ", as its state has it";
  const nobody = asked ? "" : ", and nobody was asked";
  return `What pulumi up would do ${isNew ? "for a new" : "to the"} stack "${stack}"${source}. Nothing was changed${nobody}.`;
};

/** The engineer's name for it: the program's, and the last word of its type. */
const id = ({ name, type }: Planned): string => `${name}, ${type.split(":").at(-1)}`;
const line = (one: Planned): string => `  + ${one.what}   [${id(one)}]`;

/** What is replaced or deleted, what of it stays, and why. */
function lost(one: Planned, plan: Plan): string[] {
  const deleted = one.action === "delete";
  const sentence = `${one.what} is ${deleted ? "deleted" : "replaced"}${consequence(one, plan)}`;
  const sign = deleted ? "-" : "±";
  return [
    `  ${sign} ${sentence}   [${id(one)}]`,
    ...(one.blocked
      ? [`      ${deleted ? "deletion" : "replacement"}, blocked by protect: ${remedy(one)}`]
      : []),
    ...(deleted ? [] : reasons(one)),
  ];
}

const remedy = (one: Planned): string =>
  roleOf(one) === "machine"
    ? "pulumi up will refuse it; host.protectMachine: false for one up allows it"
    : "pulumi up will refuse it, and change nothing";

/** The engineer's part: which property, from what to what. */
function reasons(one: Planned): string[] {
  const changes = one.changes.some(({ replaces }) => replaces)
    ? one.changes.filter(({ replaces }) => replaces)
    : one.changes;
  if (!changes.length)
    return ["      because something it is made from, or stands on, is another one"];
  return ["      because this changes:", ...changes.map((change) => `        ${shown(change)}`)];
}

const detailed = (one: Planned): string[] => [
  `  ~ ${one.what}   [${id(one)}]`,
  ...one.changes.map((change) => `        ${shown(change)}`),
];

function consequence(one: Planned, plan: Plan): string {
  const role = roleOf(one);
  if (role === "machine") return staying(plan);
  if (role === "data") return "; what is on it is lost";
  return role === "address" ? "; apps find the new one once the DNS records have followed" : "";
}

/** Says only what is true of this plan: what is lost as well does not stay. */
function staying({ resources }: Plan): string {
  const lostRoles = resources
    .filter(({ action }) => action === "replace" || action === "delete" || action === "create")
    .map(roleOf);
  const stays = (["address", "data"] as const).filter((role) => !lostRoles.includes(role));
  if (!stays.length) return "";
  return stays.length === 2
    ? "; its address and data stay"
    : `; its ${stays[0]} stay${stays[0] === "data" ? "" : "s"}`;
}

const stepVerbs: Record<Action, string> = {
  replace: "anew, for the machine is another one",
  create: "for the first time",
  update: "again",
  delete: "no more; what it did stays",
};

/** Nothing is lost with a step: one line for all that are run for the same reason. */
const steps = (all: Planned[]): string[] =>
  actions.flatMap((action) => {
    const some = all.filter(by(action));
    return some.length
      ? [
          `  ${stepVerbs[action]}:`,
          ...some.map((one) => `    ${one.what}   [${one.name}]${why(one)}`),
        ]
      : [];
  });

const why = ({ changes }: Planned): string =>
  changes.length ? `: ${changes.map(({ path }) => path).join(", ")}` : "";

const short = (value: unknown): string => {
  const text = escaped(JSON.stringify(value) ?? "nothing");
  return text.length > 70 ? `${text.slice(0, 67)}…` : text;
};

function shown({ path, kind, before, after, secret, unknown }: Change): string {
  if (secret) return `${path}: changes; it is secret`;
  const then = unknown ? "what is known only then" : short(after);
  if (kind === "add") return `${path}: ${then} (new)`;
  if (kind === "delete") return `${path}: ${short(before)} (no more)`;
  return `${path}: ${short(before)} -> ${then}`;
}

const summaryWords: Record<Action, string> = {
  replace: "to replace",
  delete: "to delete",
  create: "to create",
  update: "to change",
};

function summary({ counts }: Plan): string {
  const some = actions
    .filter((action) => counts[action])
    .map((action) => `${counts[action]} ${summaryWords[action]}`);
  const same = counts.same ? [`${counts.same} unchanged`] : [];
  return some.length
    ? `${[...some, ...same].join(", ")}.`
    : `Nothing changes: ${counts.same} unchanged.`;
}
