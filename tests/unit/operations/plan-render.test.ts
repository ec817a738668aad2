import { readdirSync } from "node:fs";
import * as path from "node:path";
import { render } from "../../../operations/plan/render";
import type { Plan, Planned } from "../../../operations/plan/schema";
import { wordsFor } from "../../../operations/plan/words";

const one = (action: Planned["action"], type: string, name: string, more = {}): Planned => ({
  action,
  what: wordsFor(type, name).what,
  name,
  type,
  urn: `urn:pulumi:home::snikket::${type}::${name}`,
  changes: [],
  ...more,
});

function text(resources: Planned[], more: Partial<Plan> = {}): string {
  const count = (wanted: string) => resources.filter(({ action }) => action === wanted).length;
  const counts = {
    replace: count("replace"),
    delete: count("delete"),
    create: count("create"),
    update: count("update"),
    same: 3,
  };
  const plan = { version: 1, stack: "home", comparedWith: "state", resources, counts, notes: [] };
  return render({ ...plan, ...more } as Plan);
}

const shape = { path: "shape", kind: "update", replaces: true, before: "a", after: "b" };
const machine = (more = {}) =>
  one("replace", "oci:Core/instance:Instance", "host-machine", { changes: [shape], ...more });

test("a replaced machine: in plain words what stays, then for the engineer why", () => {
  expect(
    text([machine()]),
  ).toBe(`What pulumi up would do to the stack "home", as its state has it. Nothing was changed, and nobody was asked.

Replaced or deleted:
  ± the machine is replaced; its address and data stay   [host-machine, Instance]
      because this changes:
        shape: "a" -> "b"

1 to replace, 3 unchanged.
`);
});

test.each([
  ["oci:Core/publicIp:PublicIp", "delete", "the machine is replaced; its data stay  "],
  ["oci:Core/volume:Volume", "replace", "the machine is replaced; its address stays  "],
] as const)("of a replaced machine, a lost %s does not stay", (type, action, sentence) => {
  expect(text([machine(), one(action, type, "host-lost")])).toContain(sentence);
});

test("says what is lost with a data disk", () => {
  const lost = one("delete", "oci:Core/volume:Volume", "host-data");
  expect(text([lost])).toContain("- the data disk is deleted; what is on it is lost   [host-data");
});

test("a protected machine: what blocks it, and the way to allow it", () => {
  expect(text([machine({ blocked: "protect" })])).toContain(
    "replacement, blocked by protect: pulumi up will refuse it; host.protectMachine: false for one up allows it",
  );
});

test("steps are no losses: they are told last, with what makes them run", () => {
  const stdin = { path: "stdin", kind: "update", replaces: false, secret: true };
  const shown = text([
    one("replace", "command:remote:Command", "host-prepare"),
    one("update", "command:local:Command", "snikket-verified", { changes: [stdin] }),
  ]);
  expect(shown).not.toContain("Replaced or deleted");
  expect(shown).toContain(`Run on the machine, or looked at from outside:
  anew, for the machine is another one:
    preparing the machine   [host-prepare]
  again:
    a look at everything from outside   [snikket-verified]: stdin
`);
});

test.each([
  [{ kind: "add", after: 7 }, "calls: 7 (new)"],
  [{ kind: "delete", before: [1] }, "calls: [1] (no more)"],
  [{ kind: "update", before: 1, unknown: true }, "calls: 1 -> what is known only then"],
  [{ kind: "update", secret: true }, "calls: changes; it is secret"],
  [{ kind: "update", before: "x".repeat(99), after: "" }, `calls: "${"x".repeat(66)}… -> ""`],
])("a changed property: %j", (change, line) => {
  const changes = [{ path: "calls", replaces: false, ...change }];
  expect(text([one("update", "oci:Core/vcn:Vcn", "host-vcn", { changes })])).toContain(
    `  ~ the network   [host-vcn, Vcn]\n        ${line}\n`,
  );
});

test("a new stack, with what the program has to say", () => {
  const shown = text([one("create", "oci:Core/vcn:Vcn", "host-vcn")], {
    comparedWith: "nothing",
    notes: ["two\nlines"],
  });
  expect(shown).toContain('What pulumi up would do for a new stack "home".');
  expect(shown).toContain("Created:\n  + the network   [host-vcn, Vcn]\n");
  expect(shown).toContain("To know:\n  two\n  lines\n");
});

test("nothing to do is said in one line", () => {
  expect(text([])).toMatch(/\n\nNothing changes: 3 unchanged\.\n$/);
});

test("every type that the stand-ins know has words", () => {
  const folder = path.join(__dirname, "../../../sandbox/stand-ins");
  const types = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => Object.keys(require(path.join(folder, name, "model")).models));
  expect(types.length).toBeGreaterThan(20);
  expect(types.filter((type) => wordsFor(type, "x").what.includes(type))).toEqual([]);
});
