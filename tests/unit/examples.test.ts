import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { relayRange } from "../../components/snikket/ports";
import { schemaFile, stackSchema } from "../../scripts/schema";
import { uncommented } from "../support/example-stack";
import { examples, parsedWithKey, readExample as read } from "../support/examples";
import type { StackFile } from "../support/stack-file";

const problems = (text: string) => parsedWithKey(parse(text)).problems;

type Schema = {
  properties?: Record<string, Schema>;
  oneOf?: Schema[];
};

/** Every key of a schema, as dotted paths; those of all its kinds. */
const keys = (schema: Schema, prefix = ""): string[] => [
  ...Object.entries(schema.properties ?? {}).flatMap(([name, part]) => [
    prefix + name,
    ...keys(part, `${prefix}${name}.`),
  ]),
  ...(schema.oneOf ?? []).flatMap((kind) => keys(kind, prefix)),
];

const paths = (value: unknown, prefix = ""): string[] =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([name, part]) => [
        prefix + name,
        ...paths(part, `${prefix}${name}.`),
      ])
    : [];

test("there is an example for each kind of host", () => {
  expect(examples).toEqual(["existing", "google", "oracle"].map((kind) => `${kind}.example.yaml`));
});

test.each(examples)("%s is a stack as it stands, and lets editors check it", (file) => {
  expect(problems(read(file))).toEqual([]);
  expect(read(file).split("\n")[0]).toBe(
    "# yaml-language-server: $schema=../infra/stack.schema.json",
  );
});

test("the smallest stack on an existing machine has four keys and the secret", () => {
  expect(Object.keys((parse(read("existing.example.yaml")) as StackFile).config)).toEqual([
    "snikket:domain",
    "snikket:adminEmail",
    "snikket:host",
    "snikket:dns",
  ]);
});

test.each(["oracle", "google"])("the smallest stack at %s has eight keys", (kind) => {
  const { config } = parse(read(`${kind}.example.yaml`)) as StackFile;
  const leaves = paths(config).filter(
    (key, _, all) => !all.some((one) => one.startsWith(`${key}.`)),
  );
  expect(leaves).toHaveLength(8);
});

/** The keys that have a value of one's own, those aside that name a kind, each with the comment above it. */
const needed = (text: string) =>
  [...text.matchAll(/((?:^ +#.*\n)*)^ +(?:snikket:)?(?!provider)(\w+): (?!\{)./gm)].map(
    ([, comment = "", key]) => ({ key, comment }),
  );

test.each([
  ["existing", 4],
  ["google", 6],
  ["oracle", 6],
])("in %s each value that is needed has its origin beside it", (kind, count) => {
  const keys = needed(read(`${kind}.example.yaml`));
  expect(keys).toHaveLength(count);
  // A page, a command, or whom one has it from.
  const origin = /\w\.(com|me)\b|\b(gcloud|cat) |console shows|registrar|that you read/;
  expect(keys.filter(({ comment }) => !origin.test(comment))).toEqual([]);
});

test.each(examples)("%s is a stack with all its comments uncommented", (file) => {
  const text = uncommented(read(file));
  expect(text).not.toEqual(read(file));
  expect(problems(text)).toEqual([]);
});

test("together the examples mention every key", () => {
  const mentioned = examples.flatMap((file) => paths(parse(uncommented(read(file)))));
  const config = (stackSchema().properties as Record<string, Schema>).config as Schema;
  const wanted = keys(config).filter((key) => !key.startsWith("snikket:sshPrivateKey"));
  expect(wanted.length).toBeGreaterThan(20);
  expect(wanted.filter((key) => !mentioned.includes(`config.${key}`))).toEqual([]);
  expect(read("existing.example.yaml")).toContain("config set --secret snikket:sshPrivateKey");
});

test.each(examples)("what stands in the comments of %s is the default, or has none", (file) => {
  const text = uncommented(read(file));
  const { config: written } = parsedWithKey(parse(text));
  const { config: usual } = parsedWithKey(parse(read(file)));
  // Its comment has an example of one's own authority instead, and says so.
  const acme = file.startsWith("existing") ? {} : usual?.acme;
  expect(written).toMatchObject({ ...usual, acme });
  expect(written?.turnPorts).toEqual(relayRange(usual?.calls ?? 0));
  const mentioned = paths((parse(text) as StackFile).config);
  expect(paths(usual).filter((key) => !mentioned.includes(`snikket:${key}`))).toEqual([]);
});

test("the committed JSON schema is the one made from the configuration's schema", () => {
  expect(JSON.parse(readFileSync(schemaFile, "utf8"))).toEqual(stackSchema());
});

test("the JSON schema refuses unknown keys of ours, and leaves those of others", () => {
  const config = (stackSchema().properties as Record<string, Record<string, unknown>>).config;
  expect(config).toMatchObject({
    additionalProperties: false,
    required: ["snikket:domain", "snikket:adminEmail", "snikket:host", "snikket:dns"],
  });
  const [others] = Object.keys(config?.patternProperties as object).map((key) => new RegExp(key));
  expect(others?.test("oci:region")).toBe(true);
  expect(others?.test("snikket:colour")).toBe(false);
});
