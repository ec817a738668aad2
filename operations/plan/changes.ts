import { escaped } from "../../components/printable";
import type { Digest, DigestState, DigestStep } from "./engine";
import { safeLines } from "./safe";
import type { Action, Change, Plan, Planned } from "./schema";
import { masked, unknown } from "./state";
import { compareWords, wordsFor } from "./words";

/** Worst first: the order of a plan. */
export const actions: readonly Action[] = ["replace", "delete", "create", "update"];

interface Context {
  stack: string;
  comparedWith: Plan["comparedWith"];
  /** URNs of what was protected before, where the state that was compared with does not say so. */
  protected: ReadonlySet<string>;
  notes: string[];
}

/** What the engine would do, without its own bookkeeping. */
export function planOf(digest: Digest, context: Context): Plan {
  const steps = merged(digest.steps ?? []).filter(isReal);
  // The engine goes at several things at once: its own order is another one each time.
  const resources = steps.flatMap((step) => planned(step, context.protected)).sort(compareWords);
  const count = (action: Action) => resources.filter((one) => one.action === action).length;
  const said = digest.diagnostics?.filter(({ severity }) => /^(info|warning)/.test(severity)) ?? [];
  return {
    version: 1,
    stack: context.stack,
    comparedWith: context.comparedWith,
    resources: actions.flatMap((action) => resources.filter((one) => one.action === action)),
    counts: {
      replace: count("replace"),
      delete: count("delete"),
      create: count("create"),
      update: count("update"),
      same: steps.length - resources.length,
    },
    notes: [...context.notes, ...said.map(({ message }) => message.trim())].map(safeLines),
  };
}

/** A replacement may be several steps of the engine's: one of each URN stays, the worst. */
function merged(steps: DigestStep[]): DigestStep[] {
  const worst = new Map<string, DigestStep>();
  for (const step of steps) {
    const other = worst.get(step.urn);
    if (!other || rank(step) < rank(other)) worst.set(step.urn, step);
  }
  return [...worst.values()];
}

/** Names of steps. Source: pulumi/pulumi, pkg/resource/deploy/step.go. */
const actionsByOp: Record<string, Action> = {
  replace: "replace",
  "create-replacement": "replace",
  "import-replacement": "replace",
  delete: "delete",
  "delete-replaced": "delete",
  create: "create",
  import: "create",
  update: "update",
};

const rank = ({ op }: DigestStep): number => {
  const action = actionsByOp[op];
  return action ? actions.indexOf(action) : actions.length;
};

const typeOf = ({ urn }: DigestStep): string => urn.split("::")[2]?.split("$").at(-1) ?? "";
const nameOf = ({ urn }: DigestStep): string => urn.split("::").slice(3).join("::");

/** A thing or a step, and neither a grouping nor a provider. */
const isReal = (step: DigestStep): boolean =>
  (step.newState ?? step.oldState)?.custom === true && !/^pulumi:providers:/.test(typeOf(step));

function planned(step: DigestStep, wasProtected: ReadonlySet<string>): Planned[] {
  const action = actionsByOp[step.op];
  if (!action) return [];
  const [type, name] = [typeOf(step), nameOf(step)];
  const before = step.oldState?.protect || wasProtected.has(step.urn);
  // An `up` that takes the protection away may replace in the same run.
  const blocked =
    before && (action === "delete" || (action === "replace" && step.newState?.protect));
  return [
    {
      action,
      what: escaped(what(step, type, name)),
      name: escaped(name),
      type: escaped(type),
      urn: escaped(step.urn),
      ...(blocked && { blocked: "protect" as const }),
      changes: action === "replace" || action === "update" ? changesOf(step) : [],
    },
  ];
}

/** In plain words, with what tells one of several from the others. */
function what(step: DigestStep, type: string, name: string): string {
  const { what, tell = [] } = wordsFor(type, name);
  const inputs = (step.newState ?? step.oldState)?.inputs ?? {};
  const told = tell
    .map((one) => (typeof one === "string" ? inputs[one] : one(inputs)))
    .filter((value) => typeof value === "string" || typeof value === "number")
    .filter((value) => !holds(value, unknown) && !holds(value, masked));
  return told.length ? `${what} (${told.join(", ")})` : what;
}

function changesOf(step: DigestStep): Change[] {
  const { detailedDiff, diffReasons = [], replaceReasons = [], oldState, newState } = step;
  const kinds: [string, string][] = detailedDiff
    ? Object.entries(detailedDiff).map(([path, { kind }]) => [path, kind])
    : [...new Set([...diffReasons, ...replaceReasons])].map((path) => [path, "update"]);
  const changes = kinds.map(([path, kind]) => ({
    path: escaped(path),
    kind: kind.replace(/-replace$/, "") as Change["kind"],
    replaces: /-replace$/.test(kind) || replaceReasons.includes(keysOf(path)[0] ?? ""),
    ...shown(valueAt(oldState, path), valueAt(newState, path)),
  }));
  return [...changes, ...triggered(step)];
}

function triggered({ oldState, newState }: DigestStep): Change[] {
  const [before, after] = [oldState?.replacementTrigger, newState?.replacementTrigger];
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const path = "replacementTrigger";
  return [{ path, kind: "update", replaces: true, ...shown(before, after) }];
}

const holds = (value: unknown, mark: string): boolean =>
  value !== undefined && JSON.stringify(value).includes(mark);

function shown(before: unknown, after: unknown): Partial<Change> {
  const isUnknown = holds(after, unknown);
  if (holds(before, masked) || holds(after, masked)) return { secret: true };
  return {
    ...(before !== undefined && !holds(before, unknown) && { before }),
    ...(after !== undefined && !isUnknown && { after }),
    ...(isUnknown && { unknown: true as const }),
  };
}

/** The keys of a path as the engine writes it: `a.b[0]["c.d"]`. */
const keysOf = (path: string): string[] =>
  [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, plain]) => quoted ?? index ?? plain ?? "",
  );

function valueAt(state: DigestState | undefined, path: string): unknown {
  return keysOf(path).reduce<unknown>(
    (value, key) => (value as Record<string, unknown> | undefined | null)?.[key],
    state?.inputs,
  );
}
