import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { fidelity, fidelityFile, readHeld, readSuite, suites } from "../../../scripts/fidelity";

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
