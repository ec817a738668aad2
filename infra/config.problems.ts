import { z } from "zod";
import { distance } from "../components/near";
import { escaped } from "../components/printable";
import { ConfigSchema } from "./config.schema";
import { secretKeys } from "./config.secrets";

/** One line per mistake: its place, what is wrong, what to do. */
export const explainIssues = (issues: readonly z.core.$ZodIssue[]): string[] =>
  issues
    .flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => `${place([...issue.path, key])} ${unknownKey(issue.path, key)}`)
        : [`${place(issue.path)} ${message(issue)}`],
    )
    .map(oneLine);

/** Fit for a terminal, whatever a stack file contains: nothing steers it, hides, or floods it. */
function oneLine(text: string): string {
  const shown = escaped(text);
  return shown.length > 1000 ? `${shown.slice(0, 300)}…${shown.slice(-300)}` : shown;
}

const place = (path: readonly PropertyKey[]): string => `snikket:${path.map(String).join(".")}`;

function message(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_union" && issue.discriminator) {
    return `must name one of its kinds: ${kinds(issue.path.slice(0, -1))}`;
  }
  if (issue.code === "invalid_type") {
    // A key with nothing behind it is null.
    const written = issue.input !== undefined && issue.input !== null;
    return written ? `must be ${noun(issue.expected)}` : missing(issue.path);
  }
  if (issue.code === "invalid_value") return `must be one of: ${issue.values.join(", ")}`;
  if (issue.code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
  return issue.message;
}

const noun = (type: string): string =>
  ({
    object: "a map of keys below it",
    record: "a map of names and values",
    array: "a list",
    int: "a whole number",
    number: "a number",
    string: 'text; put it in quotes, as "…"',
  })[type] ?? type;

/** The files that show every key, and where its value is found. */
const examples = "stacks/*.example.yaml";

function missing(path: readonly PropertyKey[]): string {
  const what = [schemaAt(path)?.description, discriminator(path) && kinds(path)].filter(Boolean);
  return [`is missing; write it as in ${examples}`, what.join("; ")].filter(Boolean).join(": ");
}

/** The key that names the kind of a union, and its values. */
function kinds(path: readonly PropertyKey[]): string {
  const key = discriminator(path);
  const values = mapsAt(path).map(({ shape }) => (shape[key] as z.ZodLiteral).value);
  return `${key}: ${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}

function unknownKey(path: readonly PropertyKey[], key: string): string {
  const known = [...new Set(knownKeys(path))];
  if (known.includes(key))
    return `belongs to another kind; leave it out, or change ${place([...path, discriminator(path)])}`;
  const near = known.find(
    (name) => Math.abs(key.length - name.length) <= 2 && distance(key, name) <= 2,
  );
  return near
    ? `is not a known key; did you mean ${place([...path, near])}?`
    : `is not a known key; leave it out, or take one of ${known.length > few ? `those in ${examples}` : known.join(", ")}`;
}

/** So many keys are named in one line. */
const few = 8;

/** The key that names the kind of a union. */
function discriminator(path: readonly PropertyKey[]): string {
  const schema = schemaAt(path);
  const union = schema instanceof z.ZodDefault ? schema.unwrap() : schema;
  return union instanceof z.ZodDiscriminatedUnion ? union.def.discriminator : "";
}

/** The keys a map of the schema can have, whichever of its kinds it is. */
const knownKeys = (path: readonly PropertyKey[]): string[] => [
  ...mapsAt(path).flatMap((map) => Object.keys(map.shape)),
  ...(path.length ? [] : secretKeys),
];

/** What the schema has for a key, in the first of the kinds that know it. */
const schemaAt = (path: readonly PropertyKey[]): z.ZodType | undefined =>
  mapsAt(path.slice(0, -1))
    .map(({ shape }) => shape[String(path.at(-1))] as z.ZodType | undefined)
    .find(Boolean);

/** The maps of the schema at a place, of each of its kinds. */
const mapsAt = (path: readonly PropertyKey[]): z.ZodObject[] =>
  path.reduce((found, name) => found.flatMap((map) => mapsOf(map.shape[String(name)])), [
    ConfigSchema,
  ] as z.ZodObject[]);

/** The maps behind defaults, options and unions. */
function mapsOf(schema: unknown): z.ZodObject[] {
  if (schema instanceof z.ZodObject) return [schema];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(mapsOf);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return mapsOf(schema.unwrap());
  return [];
}
