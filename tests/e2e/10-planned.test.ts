import { mkdirSync, readFileSync } from "node:fs";
import { planOf } from "../../operations/plan/changes";
import type { Digest } from "../../operations/plan/engine";
import { type Plan, PlanSchema } from "../../operations/plan/schema";
import { inHome } from "../../sandbox/settings";
import { stack, stackEnvironment } from "../../sandbox/stack";
import { command, expectDone } from "../support/e2e";
import {
  answering,
  bringUpCloud,
  changeInConsole,
  deleteInConsole,
  inConsole,
  letFail,
} from "../support/e2e-cloud";
import { expectPlainWords, hostWith } from "../support/e2e-families";
import { found, keysInState } from "../support/e2e-secrets";
import { pulumi, stackFileWith } from "../support/e2e-stack";

beforeAll(async () => {
  await bringUpCloud("oracle");
  mkdirSync(inHome("e2e"), { recursive: true });
});

/** What changes; without the last look from outside: it is told secrets, which a plan does not compare. */
const changed = ({ resources }: Plan): string[] =>
  resources
    .filter(({ name }) => name !== "snikket-verified")
    .map(({ action, name }) => `${action} ${name}`)
    .sort();

describe("npm run plan, with the state of a server that runs", () => {
  const exported = inHome("e2e", "exported.json");

  beforeAll(async () => expectDone(await pulumi(["stack", "export", "--file", exported])));

  async function plan(of: string, ...more: string[]) {
    const args = ["--stack", of, "--state", exported, "--detailed-exitcode", ...more];
    const ended = await command("npm", ["run", "--silent", "plan", "--", ...args]);
    const keys = await keysInState();
    expect(Object.keys(keys)).not.toEqual([]);
    expect(found(keys, ended.output)).toEqual([]);
    return ended;
  }

  it("changes nothing where nothing changed", async () => {
    const ended = await plan(stack);
    expect(ended.output).toMatch(/\nNothing changes: \d\d unchanged\.\n$/);
    expect(ended.code).toBe(0);
    expectPlainWords(ended);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ["more calls", { calls: 20 }, ["update host-prepare", "update host-rule-turn-relay"]],
    ["another name", { siteName: "The Example family" }, ["update snikket-stage"]],
  ])("with %s changes exactly what a real preview says", async (_, changes, some) => {
    const file = stackFileWith("planned", changes);
    const planned = await plan(file, "--json");
    expect(planned.code).toBe(2);
    const seen = PlanSchema.parse(JSON.parse(planned.stdout));
    const preview = await pulumi(["preview", "--json", "--show-sames"], { stackFile: file });
    expectDone(preview);
    const digest: Digest = JSON.parse(preview.stdout);
    const real = planOf(digest, { ...seen, protected: new Set(), notes: [] });
    expect(changed(seen)).toEqual(changed(real));
    expect(changed(seen)).toEqual(expect.arrayContaining(some));
  });
});

it("a preview counts all that is paid for outside the home region in what a month costs", async () => {
  const regionSubscriptions = [{ regionName: "uk-london-1", isHomeRegion: true }];
  letFail(answering("oci:Identity/getRegionSubscriptions", { regionSubscriptions }));
  const stackFile = stackFileWith("paid", hostWith({ allowPaid: true }));
  const ended = await pulumi(["preview"], { stackFile });
  letFail();
  expectDone(ended);
  const [, before, after] = /monthlyCost *: "(.*)" => "(.*)"/.exec(ended.output) ?? [];
  expect(before).toMatch(/^0\.00 USD, where /);
  expect(after).toMatch(/^about [1-9].* the tenancy's home region is uk-london-1\./);
});

describe("the preview of a pull request", () => {
  /** The stack's file, as if it were part of the repository: nothing else of that is asked for. */
  const index = { GIT_INDEX_FILE: inHome("e2e", "index") };
  const empty = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";
  const comment = inHome("e2e", "preview.md");

  beforeAll(async () => {
    const entry = `100644,${empty},stacks/Pulumi.${stack}.yaml`;
    const add = ["update-index", "--add", "--info-only", "--cacheinfo", entry];
    expectDone(await command("git", add, { env: { ...process.env, ...index } }));
  });

  /** What the workflow runs, where there are secrets. */
  async function previewed(): Promise<string> {
    const env = { ...process.env, ...stackEnvironment(), ...index };
    const ended = await command("npx", ["tsx", "scripts/preview.ts", comment], { env });
    expectDone(ended);
    const text = readFileSync(comment, "utf8");
    expectPlainWords({ ...ended, output: text });
    expect(text).toMatch(`### ${stack}\n\nas the clouds and the state have it\n`);
    return text;
  }

  it("changes nothing where nothing changed", async () => {
    expect(await previewed()).toMatch(/\nNothing changes: \d\d unchanged\.\n```\n$/);
  });

  it("shows what the clouds have otherwise by now, and nothing else", async () => {
    const rule = inConsole("oci", "SecurityRule", '"min":443');
    deleteInConsole("oci", rule);
    try {
      const text = await previewed();
      expect(text).toMatch(/\nCreated:\n {2}\+ .* {3}\[host-rule-https, .*\]\n\n/);
      expect(text).toMatch(/\n1 to create, \d\d unchanged\.\n```\n$/);
    } finally {
      changeInConsole("oci", rule, {});
    }
  });
});
