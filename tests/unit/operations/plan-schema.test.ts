import { readFileSync } from "node:fs";
import * as path from "node:path";
import { PlanSchema, planJsonSchema } from "../../../operations/plan/schema";

const docs = path.join(__dirname, "../../../docs");

const plan = {
  version: 1,
  stack: "home",
  comparedWith: "nothing",
  resources: [],
  counts: { replace: 0, delete: 0, create: 0, update: 0, same: 0 },
  notes: [],
};

test("the JSON schema in docs is the one of what is printed", () => {
  const written = JSON.parse(readFileSync(path.join(docs, "plan.schema.json"), "utf8"));
  // If it is not: node --import tsx operations/plan/schema.ts >docs/plan.schema.json
  expect(written).toEqual(JSON.parse(JSON.stringify(planJsonSchema())));
});

test("refuses what a reader would not know", () => {
  expect(PlanSchema.safeParse(plan).success).toBe(true);
  expect(PlanSchema.safeParse({ ...plan, version: 2 }).success).toBe(false);
  expect(PlanSchema.safeParse({ ...plan, more: 1 }).success).toBe(false);
});

test("the example in docs/plan.md is one", () => {
  const text = readFileSync(path.join(docs, "plan.md"), "utf8");
  const [, example = ""] = /```json\n([^`]+)```/.exec(text) ?? [];
  expect(PlanSchema.parse(JSON.parse(example)).resources[0]?.blocked).toBe("protect");
});
