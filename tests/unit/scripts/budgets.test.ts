import { largeStandIn, longFunctions } from "../../../scripts/budgets";

/** So many statements, each on a line of its own. */
const body = (lines: number) => "  go();\n".repeat(lines);
const bash = (lines: number) =>
  `set -e\n\nwork() {\n${"  go\n".repeat(lines)}}\n\nmain() { work; }\n`;

test.each([
  [
    "a function",
    (n: number) => `/** Says\n * much. */\nexport function work() {\n${body(n)}}\n`,
    3,
  ],
  [
    "one with a head of its own",
    (n: number) => `function work(\n  a = 1,\n) {\n${body(n - 2)}}\n`,
    1,
  ],
  ["an arrow with a block", (n: number) => `const work = () => {\n${body(n)}};\n`, 1],
  ["a method", (n: number) => `class Hand {\n  work() {\n${body(n)}  }\n}\n`, 2],
  ["a property's", (n: number) => `const hand = {\n  work: async () => {\n${body(n)}  },\n};\n`, 2],
])("%s of TypeScript may have 25 lines", (_, written, line) => {
  expect(longFunctions("infra/hand.ts", written(23))).toEqual([]);
  expect(longFunctions("infra/hand.ts", written(24))).toEqual([
    `infra/hand.ts:${line}: function work has 26 lines; it may have 25`,
  ]);
});

test("a constructor may have 60", () => {
  const written = (n: number) => `class Hand {\n  constructor() {\n${body(n)}  }\n}\n`;
  expect(longFunctions("components/hand.ts", written(58))).toEqual([]);
  expect(longFunctions("components/hand.ts", written(59))).toEqual([
    "components/hand.ts:2: constructor Hand has 61 lines; it may have 60",
  ]);
});

test.each(["components/work.sh", ".ci/work"])(
  "a function of a script may have 25, whatever it is called: %s",
  (file) => {
    expect(longFunctions(file, bash(23))).toEqual([]);
    expect(longFunctions(file, bash(24))).toEqual([
      `${file}:3: function work has 26 lines; it may have 25`,
    ]);
  },
);

test("what stands inside another counts for both, and needs no name", () => {
  const written = `function outside() {\n  go(() => {\n${body(24)}  });\n}\n`;
  expect(longFunctions("scripts/hand.ts", written)).toEqual([
    "scripts/hand.ts:1: function outside has 28 lines; it may have 25",
    "scripts/hand.ts:2: function (unnamed) has 26 lines; it may have 25",
  ]);
});

test("an expression is as long as it is", () => {
  const table = `export const hand = () => ({\n${"  a: 1,\n".repeat(40)}});\n`;
  expect(longFunctions("infra/hand.ts", table)).toEqual([]);
});

test("a cloud's stand-in may have 40 lines of code for each resource type, whatever it answers besides", () => {
  const models = `export const models = {
  "oci:Core/vcn:Vcn": {},
  "oci:Core/subnet:Subnet": { check: "oci:Core/vcn:Vcn" },
};\n`;
  const answers = '/** Lists. */\nconst answers = ["oci:Core/getImages:getImages"];\n\n';
  const written = (n: number) => `${models}${answers}// Goes.\n${body(n)}`;
  expect(largeStandIn("oci", written(75))).toEqual([]);
  expect(largeStandIn("oci", written(76))).toEqual([
    "sandbox/stand-ins/oci has 81 lines of code; for 2 resource types it may have 80",
  ]);
});
