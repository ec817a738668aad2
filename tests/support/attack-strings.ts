import fc from "fast-check";
import { parse } from "yaml";
import { z } from "zod";
import { anyCharacter } from "./any-character";
import { uncommented } from "./example-stack";
import { examples, readExample } from "./examples";
import type { StackFile } from "./stack-file";

/** What means something to a shell, an env file, a terminal, apt, JSON or YAML, and what is no proper text. */
export const nasty = [
  ...["'", '"', "`id`", "$(id)", "${IFS}", "$HOME", "$$", "\\", "\\\\", "\\n", "!", "*", "~", "?"],
  ...[";id", "&& id", "|id", "<x", ">x", "#x", " #x", "%s%n", "=", "a=b", "EOF", "--", "-n", "-e"],
  ...[
    "'\"'\"'",
    "\n",
    "\r",
    "\r\nid\r\n",
    "\nid\n",
    "\nSNIKKET_DOMAIN=x.org",
    "'\nid\n'",
    "\0",
    "\t",
    " ",
  ],
  ...[
    "\u001b[2J",
    "\u001b]0;x\u0007",
    "\u009b2J",
    "\u007f",
    "\u0085",
    "\u00a0",
    "\u2028",
    "\u2029",
  ],
  ...[
    "\u200b",
    "\u202e",
    "\u2066",
    "\ufeff",
    "\ud800",
    "\udc00x",
    "🥧",
    "é",
    "e\u0301",
    "日本",
    "\u{e0001}",
  ],
  ...["[", "{", "{}", "[1]", '{"a":1}', "null", "true", "{{.}}", "../../etc/passwd", "<script>"],
];

/** 10,000 and 64 K of what has to be quoted, of what takes three bytes, and of nothing special. */
export const long = ["a", "'", "\\", "<", "$(", "\n", "日"].flatMap((unit) =>
  [10_000, 65_536].map((length) => unit.repeat(length / unit.length)),
);

/** Any text at all, lone surrogates and NUL included. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc
    .array(fc.constantFrom(...nasty), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join("")),
  fc.string({ unit: anyCharacter, minLength: 1 }),
  fc.string({
    unit: fc.integer({ max: 0xffff }).map((code) => String.fromCharCode(code)),
    minLength: 1,
  }),
);

/** A stack's values below `snikket:`, without the namespace. */
export type Values = Record<string, unknown>;
/** Where a value stands, as ["host", "user"]. */
export type Place = string[];

/** The examples with the keys in their comments uncommented: together they have every key, and each is a good stack. */
export const fullStacks = (): Values[] =>
  examples
    .map((file) => uncommented(readExample(file)))
    .map((text) => (parse(text) as StackFile).config)
    .map((config) =>
      Object.fromEntries(
        Object.entries(config).map(([key, value]) => [key.replace("snikket:", ""), value]),
      ),
    );

/** Every place in a stack that holds no map or list. */
export const leaves = (value: unknown, at: Place = []): Place[] =>
  typeof value === "object" && value !== null
    ? Object.entries(value).flatMap(([key, part]) => leaves(part, [...at, key]))
    : [at];

/** What stands at a place. */
export const valueAt = (values: unknown, at: Place): unknown =>
  at.reduce((value, key) => (value as Values | undefined)?.[key], values);

/** A copy with something else at a place. */
export function withValue<T>(values: T, [key, ...rest]: Place, value: unknown): T {
  if (key === undefined) return value as T;
  const part = withValue((values as Values)[key], rest, value);
  return (Array.isArray(values) ? values.with(Number(key), part) : { ...values, [key]: part }) as T;
}

/** A copy with another name for a key. */
export function withKey<T>(values: T, at: Place, name: string): T {
  const [map, old] = [valueAt(values, at.slice(0, -1)) as Values, at.at(-1) ?? ""];
  const renamed = Object.entries(map).map(([key, value]) => [key === old ? name : key, value]);
  return withValue(values, at.slice(0, -1), Object.fromEntries(renamed));
}

/** Every place that a schema has; of a list its first element, of a map with free names "*". */
export function placesOf(schema: z.core.$ZodType, at: Place = []): Place[] {
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([key, part]) =>
      placesOf(part as z.ZodType, [...at, key]),
    );
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => placesOf(option, at));
  if (schema instanceof z.ZodArray) return placesOf(schema.element, [...at, "0"]);
  if (schema instanceof z.ZodRecord) return placesOf(schema.valueType, [...at, "*"]);
  if (schema instanceof z.ZodPipe) return placesOf(schema.out, at);
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional)
    return placesOf(schema.unwrap(), at);
  return [at];
}
