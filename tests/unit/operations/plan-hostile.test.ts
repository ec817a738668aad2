import { planOf } from "../../../operations/plan/changes";
import type { DigestStep } from "../../../operations/plan/engine";
import { Refusal } from "../../../operations/plan/refusal";
import { render } from "../../../operations/plan/render";
import { safeJson } from "../../../operations/plan/safe";
import { readState } from "../../../operations/plan/state";
import { chapter } from "../../../scripts/preview";
import { encrypted, exported } from "../../support/plan-state";

const urn = (name: string, stack = "home") =>
  `urn:pulumi:${stack}::snikket::oci:Core/vcn:Vcn::${name}`;
const vcn = { urn: urn("host-vcn"), type: "oci:Core/vcn:Vcn", id: "ocid1.vcn" };
const state = (...resources: unknown[]) => JSON.stringify(exported(resources as never[]));
const read = (text: string) => readState(text, () => "4.20.0", "v1:salt");
const deep = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;

describe("a state that is damaged ends in one sentence", () => {
  test.each([
    ["nothing", ""],
    ["half a file", state(vcn).slice(0, -20)],
    ["a number", "3"],
    ["null", "null"],
    ["a list", "[]"],
    ["no deployment", '{"version":3,"deployment":7}'],
    ["resources that are a text", '{"version":3,"deployment":{"resources":"all"}}'],
    ["resources that are an object", '{"version":3,"deployment":{"resources":{"0":1}}}'],
    ["no resource", state(null)],
    ["a list for a resource", state([])],
    ["a URN that is a number", state({ ...vcn, urn: 7 })],
    ["no type", state({ ...vcn, type: undefined })],
    ["an id that is an object", state({ ...vcn, id: { a: 1 } })],
    ["a provider that is a list", state({ ...vcn, provider: ["a"] })],
    ["inputs that are a text", state({ ...vcn, inputs: "all" })],
    ["outputs that are null", state({ ...vcn, outputs: null })],
    ["a stack that leads elsewhere", state({ ...vcn, urn: urn("host-vcn", "../../../home") })],
    ["a stack with a line break", state({ ...vcn, urn: urn("host-vcn", "a\nb") })],
    ["great depth", state({ ...vcn, inputs: "deep" }).replace('"deep"', deep(100_000))],
  ])("%s", (_, text) => {
    expect(() => read(text)).toThrow(Refusal);
    expect(() => read(text)).toThrow(/^is [^\n]+$/);
  });
});

test("what is odd and harmless is kept: names of JavaScript's own, and very many things", () => {
  const inputs = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
  const many = Array.from({ length: 20_000 }, (_, index) => ({ ...vcn, urn: urn(`vcn-${index}`) }));
  const text = state({ ...vcn, inputs: "own" }, ...many).replace('"own"', inputs);
  const { deployment } = read(text);
  expect(JSON.stringify(deployment.resources?.[0]?.inputs)).toBe(inputs);
  expect(deployment.resources).toHaveLength(20_001);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test("a secret below such a name is masked as well", () => {
  const text = state({ ...vcn, inputs: "own" }).replace(
    '"own"',
    `{"__proto__":${JSON.stringify({ ...encrypted(), plaintext: '"hunter2"' })}}`,
  );
  expect(JSON.stringify(read(text))).not.toMatch(/hunter2|ciphertext/);
});

/** Moves the cursor, clears the screen, breaks the line, turns the text round, and ends a block of Markdown. */
const hostile = "a\u001b[2J\u009b1A\r\n```\n# b\u202e\u2066\u200b\u0007\u2028\u{e0041}";
const values = (text: string) => ({ displayName: text, [text]: text });
const step = (op: string, text: string): DigestStep => ({
  op,
  urn: urn(text),
  oldState: { type: "oci:Core/vcn:Vcn", custom: true, inputs: values(`${text}1`) },
  newState: { type: "oci:Core/vcn:Vcn", custom: true, inputs: values(text) },
  detailedDiff: { displayName: { kind: "update" }, [`["${text}"]`]: { kind: "update-replace" } },
});

test.each(["create", "update", "replace", "delete"])(
  "nothing steers a terminal or leaves its block where the plan is to %s it",
  (op) => {
    const command = { ...step(op, hostile), urn: `urn:pulumi:home::snikket::${hostile}::b` };
    const steps = [step(op, hostile), command];
    const diagnostics = [{ severity: "warning", message: hostile }];
    const context = {
      stack: "home",
      comparedWith: "state",
      protected: new Set<string>(),
      notes: [],
    } as const;
    const plan = planOf({ steps, diagnostics }, { ...context, notes: [hostile] });
    const text = render(plan);
    for (const shown of [text, safeJson(plan)]) {
      expect(shown.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }
    expect(text).not.toMatch(/^(```|#)/m);
    const [, fence = ""] =
      /\n(`{3,})text\n/.exec(chapter({ name: "home", how: "", text, ok: true })) ?? [];
    expect(text).not.toContain(fence);
    expect(JSON.parse(safeJson({ a: hostile }))).toEqual({ a: hostile });
  },
);
