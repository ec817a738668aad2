import { z } from "zod";

const Action = z.enum(["replace", "delete", "create", "update"]);
export type Action = z.output<typeof Action>;

const Change = z.strictObject({
  path: z.string().describe("The property, as sourceDetails.sourceId or ports[0]"),
  kind: z.enum(["add", "delete", "update"]),
  replaces: z.boolean().describe("Whether this property's change makes it another thing"),
  before: z.unknown().optional().describe("Its value now; absent where there is none"),
  after: z
    .unknown()
    .optional()
    .describe("Its value then; absent where there is none, or it is not known yet"),
  unknown: z
    .literal(true)
    .optional()
    .describe("The value is known only once the plan is carried out"),
  secret: z.literal(true).optional().describe("One of the values is secret and so not shown"),
});
export type Change = z.output<typeof Change>;

const Planned = z.strictObject({
  action: Action,
  what: z.string().describe("What it is, in plain words"),
  name: z.string().describe("Its name in the program"),
  type: z.string().describe("Its type, as oci:Core/instance:Instance"),
  urn: z.string(),
  blocked: z
    .literal("protect")
    .optional()
    .describe("It is protected: pulumi up will refuse this and change nothing"),
  changes: z.array(Change).describe("Empty for what is created or deleted"),
});
export type Planned = z.output<typeof Planned>;

/** What `npm run -s plan -- --json` prints. */
export const PlanSchema = z.strictObject({
  version: z.literal(1).describe("Grows when a reader of this would have to change"),
  stack: z.string(),
  comparedWith: z
    .enum(["nothing", "state"])
    .describe("nothing: all is new; state: that of the file given with --state"),
  resources: z.array(Planned).describe("What changes: replaced and deleted things first"),
  counts: z
    .strictObject({
      replace: z.int(),
      delete: z.int(),
      create: z.int(),
      update: z.int(),
      same: z.int(),
    })
    .describe("Of real things and steps; the engine's own groupings and providers are left out"),
  notes: z.array(z.string()).describe("What the program and the engine have to say"),
});
export type Plan = z.output<typeof PlanSchema>;

/** The JSON schema of a plan, as docs/plan.schema.json holds it. */
export const planJsonSchema = (): object => ({
  ...z.toJSONSchema(PlanSchema, { target: "draft-7" }),
  title: "A plan, as npm run -s plan -- --json prints it",
});

if (require.main === module) console.log(JSON.stringify(planJsonSchema(), null, 2));
