/** What a stand-in knows of its resource types without doing anything. Pure. */

export type Properties = Record<string, unknown>;
export type Change = "add" | "delete" | "update";
export type Failure = { property: string; reason: string };

/** What an SDK says of a resource type. */
export interface Declared {
  inputs: readonly string[];
  required?: readonly string[];
  /** What is secret whatever the program says. */
  secret?: readonly string[];
  /** Outputs that are no inputs, or are known only afterwards where the input is left out. */
  computed: readonly string[];
  /** Whether a change makes another resource, by path; `*` stands for all siblings not named. */
  replaces?: Record<string, boolean | ((old: Properties, now: Properties) => boolean)>;
}

export interface Model extends Declared {
  /** After an update no output is what it was. */
  renews?: boolean;
  /** Further checks. Inputs come without secret marks; some may still be `UNKNOWN`. */
  check?(inputs: Properties): Failure[];
}

/** What is to be said of a type beyond its declarations. With `*`, `replaces` says everything. */
export type Rules = Partial<Model>;

export const modelled = (declared: Declared, rules: Rules): Model => ({
  ...declared,
  ...rules,
  replaces:
    rules.replaces && "*" in rules.replaces
      ? rules.replaces
      : { ...declared.replaces, ...rules.replaces },
});

/** Whether the change at this path makes another resource; what is nearest to it decides. */
export function replaces(model: Model, path: string, old: Properties, now: Properties): boolean {
  const place = path.replace(/\[\d+\]/g, "").replace(/\["(.*?)"\]/g, ".$1");
  const above = place.replace(/\.?[^.]*$/, "");
  const rule = model.replaces?.[place] ?? model.replaces?.[above ? `${above}.*` : "*"];
  if (rule === undefined) return above !== "" && replaces(model, above, old, now);
  return typeof rule === "function" ? rule(old, now) : rule;
}

/** Stands for a value that is not known yet in a preview. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Stands for each secret in a plan of an exported state. */
export const MASKED = "[secret]";

const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";

const isObject = (value: unknown): value is Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isSecret = (value: unknown): value is { value: unknown } =>
  isObject(value) && value[SIGNATURE] === SECRET;
const isAbsent = (value: unknown) => value === undefined || value === null;

export const mapValues = <From, To>(
  object: Record<string, From>,
  change: (value: From, key: string) => To,
): Record<string, To> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));

/** The value without its secret marks, at any depth. */
export function unwrap(value: unknown): unknown {
  if (isSecret(value)) return unwrap(value.value);
  if (Array.isArray(value)) return value.map(unwrap);
  return isObject(value) ? mapValues(value, unwrap) : value;
}

function holdsSecret(value: unknown): boolean {
  if (isSecret(value)) return true;
  return typeof value === "object" && Object.values(value ?? {}).some(holdsSecret);
}

/** Marks an output secret where the input of its name is, or where the model says so. */
export const marked = ({ secret }: Model, inputs: Properties, outputs: Properties): Properties =>
  mapValues(outputs, (value, name) =>
    value === undefined || isSecret(value) || !(secret?.includes(name) || holdsSecret(inputs[name]))
      ? value
      : { [SIGNATURE]: SECRET, value: unwrap(value) },
  );

export function check(model: Model, inputs: Properties): Failure[] {
  const unknown = Object.keys(inputs).filter((name) => !model.inputs.includes(name));
  const missing = model.required?.filter((name) => isAbsent(inputs[name])) ?? [];
  return [
    ...unknown.map((property) => ({ property, reason: `Unrecognized field '${property}'` })),
    ...missing.map((property) => ({ property, reason: `Missing required field '${property}'` })),
    ...(model.check?.(inputs) ?? []),
  ];
}

/** Every path whose value differs, written as the engine writes it: `a.b[0]["c.d"]`. */
export function differences(old: unknown, now: unknown, masked = false, path = "") {
  const changes: Record<string, Change> = {};
  if ((isObject(old) && isObject(now)) || (Array.isArray(old) && Array.isArray(now))) {
    const [before, after] = [old as Properties, now as Properties];
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      // Real plugins note among the inputs which of them they filled in themselves.
      const defaults = ["__defaults", ...((before.__defaults as string[] | undefined) ?? [])];
      if (isAbsent(after[key]) && defaults.includes(key)) continue;
      const inside = path + step(key, Array.isArray(old), path === "");
      Object.assign(changes, differences(before[key], after[key], masked, inside));
    }
  } else if (old !== now && !(isAbsent(old) && isAbsent(now)) && !(masked && old === MASKED)) {
    changes[path] = isAbsent(old) ? "add" : isAbsent(now) ? "delete" : "update";
  }
  return changes;
}

function step(key: string, isIndex: boolean, isFirst: boolean): string {
  if (isIndex) return `[${key}]`;
  if (!/^\w+$/.test(key)) return `[${JSON.stringify(key)}]`;
  return isFirst ? key : `.${key}`;
}

/** Of what a resource is now, as much as was given for it: the rest is no input. */
export function asGiven(given: unknown, now: unknown): unknown {
  if (Array.isArray(given) && Array.isArray(now))
    return now.map((item, index) => asGiven(given[index], item));
  if (!isObject(given) || !isObject(now)) return now;
  const names = Object.keys(given).filter((name) => name in now);
  return Object.fromEntries(names.map((name) => [name, asGiven(given[name], now[name])]));
}

/** What a preview can say. A model that renews knows its outputs only while no earlier input changed. */
export function foreseen(model: Model, inputs: Properties, state?: Properties): Properties {
  const differs = (name: string) =>
    inputs[name] === UNKNOWN ||
    (!isAbsent(state?.[name]) &&
      Object.keys(differences(unwrap(state?.[name]), unwrap(inputs[name]))).length > 0);
  const unknown = !state || (model.renews && model.inputs.some(differs));
  const computed = model.computed
    .filter((name) => isAbsent(inputs[name]))
    .map((name) => [name, unknown ? UNKNOWN : state[name]]);
  return { ...inputs, ...Object.fromEntries(computed) };
}
