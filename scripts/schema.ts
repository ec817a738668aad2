import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { ConfigSchema } from "../infra/config.schema";
import { secretKeys } from "../infra/config.secrets";

/** Where editors find it, as the first line of each stack file says. */
export const schemaFile = path.join(__dirname, "../infra/stack.schema.json");

type JsonSchema = Record<string, unknown>;

/** The JSON schema of a stack file: what editors complete and check. */
export function stackSchema(): JsonSchema {
  const { properties, required } = z.toJSONSchema(ConfigSchema, {
    io: "input",
    target: "draft-7",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema instanceof z.ZodPipe && zodSchema.in instanceof z.ZodTransform)
        numberOrDigits(jsonSchema);
      if (zodSchema instanceof z.ZodDefault) jsonSchema.default ??= zodSchema.def.defaultValue;
    },
  });
  return stackWith({
    type: "object",
    properties: { ...namespaced(properties ?? {}), ...namespaced(secrets()) },
    required: required?.map((key) => `snikket:${key}`),
    patternProperties: { "^(?!snikket:)": {} },
    additionalProperties: false,
  });
}

const stackWith = (config: JsonSchema): JsonSchema => ({
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "A stack: one Snikket server",
  description: "Written by npm run schema from infra/config.schema.ts.",
  type: "object",
  properties: { config },
  required: ["config"],
});

/** Digits in quotes are taken for the number they are. */
function numberOrDigits(schema: JsonSchema): void {
  const number = { ...schema };
  for (const key of Object.keys(schema)) delete schema[key];
  schema.anyOf = [number, { type: "string", pattern: "^-?\\d+(\\.\\d+)?$" }];
}

const namespaced = (keys: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(keys).map(([key, value]) => [`snikket:${key}`, value]));

const secrets = (): Record<string, JsonSchema> =>
  Object.fromEntries(
    secretKeys.map((key) => [
      key,
      {
        description: `Set it with: npx pulumi config set --secret snikket:${key}`,
        type: "object",
        properties: { secure: { type: "string" } },
        required: ["secure"],
        additionalProperties: false,
      },
    ]),
  );

if (require.main === module) {
  writeFileSync(schemaFile, JSON.stringify(stackSchema(), null, 2));
  console.log(`wrote ${path.relative(process.cwd(), schemaFile)}`);
}
