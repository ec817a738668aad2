import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { ConfigSchema, secretKeys } from "./config.schema";

/** One line per mistake: its place, what is wrong, what to do. */
export const explainIssues = (issues: readonly z.core.$ZodIssue[]): string[] =>
  issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => `${place([...issue.path, key])} ${unknownKey(issue.path, key)}`)
      : [`${place(issue.path)} ${message(issue)}`],
  );

const place = (path: readonly PropertyKey[]): string => `snikket:${path.map(String).join(".")}`;

function message(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_union" && issue.discriminator) {
    return `must name one of its kinds: ${kinds(issue.path)}`;
  }
  if (issue.code === "invalid_type") {
    return issue.input === undefined ? "is missing" : `must be ${noun(issue.expected)}`;
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

/** The discriminator's values of a union, as they stand in the schema. */
function kinds(path: readonly PropertyKey[]): string {
  const known: Record<string, string> = {
    host: "provider: existing",
    dns: "provider: manual",
    acme: "server: production, staging or custom",
    docker: "source: docker or distribution",
  };
  return known[String(path[0])] ?? "";
}

function unknownKey(path: readonly PropertyKey[], key: string): string {
  const near = closest(key, knownKeys(path));
  return distance(key, near) <= 2
    ? `is not a known key; did you mean ${place([...path, near])}?`
    : "is not a known key";
}

/** The keys a map of the schema can have, whichever of its kinds it is. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  if (!path.length) return [...Object.keys(ConfigSchema.shape), ...secretKeys];
  const maps = path.reduce(
    (found, name) => found.flatMap((map) => mapsOf(map.shape[String(name)])),
    [ConfigSchema] as z.ZodObject[],
  );
  return maps.flatMap((map) => Object.keys(map.shape));
}

/** The maps behind defaults, options and unions. */
function mapsOf(schema: unknown): z.ZodObject[] {
  if (schema instanceof z.ZodObject) return [schema];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(mapsOf);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return mapsOf(schema.unwrap());
  return [];
}
