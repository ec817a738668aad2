import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import {
  fidelity,
  fidelityFile,
  type Held,
  heldAfter,
  readHeld,
  readSuite,
  refusal,
  suites,
  type Tested,
} from "../../../scripts/fidelity";

const folder = path.join(__dirname, "../../contract");
const text = (name: string) => readFileSync(path.join(folder, name), "utf8");
const all = Object.entries(suites());

test("the document is as npm run test:contract -- --write would write it", () => {
  expect(readFileSync(fidelityFile, "utf8")).toBe(fidelity());
});

test("a clause is called by the blocks it stands in", () => {
  const lines = [
    'contract("a part", pair, (thing) => {',
    '  it("one", () => {',
    '  describe("in", () => {',
  ];
  const more = ['    it("two", () => {', "  });", '  it("three", () => {'];
  expect(readSuite([...lines, ...more].join("\n"))).toEqual({
    parts: ["a part"],
    clauses: ["one", "in: two", "three"],
  });
});

test.each(all)("every clause of %s is read, and none twice", (name, { parts, clauses }) => {
  expect(parts.length).toBeGreaterThan(0);
  expect(clauses).toHaveLength(text(name).match(/^ *(it|test)\b/gm)?.length ?? 0);
  expect(new Set(clauses).size).toBe(clauses.length);
});

test("every suite has its place in the document", () => {
  const places = [...text("fidelity.md").matchAll(/<!-- clauses: (\S+) -->/g)].map(
    ([, name]) => name,
  );
  const files = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
  expect(places.sort()).toEqual(files.sort());
});

test("what was seen to hold on real things is still said", () => {
  for (const [part, { clauses }] of Object.entries(readHeld())) {
    const [, suite] = all.find(([, { parts }]) => parts.includes(part)) ?? [];
    expect([part, suite?.clauses]).toEqual([part, expect.arrayContaining(clauses)]);
  }
});

/** A clause of a run, in a block of its own. */
const clause = (top: string, status: string, title = "works"): Tested => ({
  ancestorTitles: [top, "always"],
  title,
  status,
});

test.each<[string, Tested[], number, string | undefined]>([
  ["all holds", [clause("a part, stand-in", "passed")], 0, undefined],
  ["a stand-in fails", [clause("a part, stand-in", "failed")], 1, "not all of it holds"],
  ["a file cannot be read", [clause("a part, stand-in", "passed")], 1, "not all of it holds"],
  ["there is no report", [], 1, "not all of it holds"],
  ["a stand-in is skipped", [clause("a part, stand-in: no Docker", "pending")], 0, "1 clauses"],
  ["the real thing is skipped", [clause("a part, real: not here", "pending")], 0, undefined],
  ["the real thing alone fails", [clause("a part, real: thing 1.0", "failed")], 1, undefined],
])("whether a run is written down where %s", (_, run, failed, why) => {
  expect(refusal(run, failed)).toEqual(why && expect.stringContaining(why));
});

test("a part of the suites cannot be written down, for the document is of all", () => {
  const args = ["--import", "tsx", "scripts/contract.ts", "--write", "command"];
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: path.join(folder, "../.."),
    encoding: "utf8",
  });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^--write takes all suites: leave out NAME\nnpm run test:contract /);
});

test("what holds on a real thing is what passed the last time that it ran", () => {
  const old = { real: "thing 0.9", clauses: ["always: works"] };
  const before: Held = { "a part": old, "b part": old, "c part": old };
  const run = [
    clause("a part, real: thing 1.0", "passed"),
    clause("a part, real: thing 1.0", "failed", "is fast"),
    clause("a part, stand-in", "passed", "is fast"),
    clause("b part, real: thing 1.0", "failed"),
    clause("c part, real: not here", "pending"),
  ];
  expect(heldAfter(run, before)).toEqual({
    "a part": { real: "thing 1.0", clauses: ["always: works"] },
    "c part": old,
  });
});
