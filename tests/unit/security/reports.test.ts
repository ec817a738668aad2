import { RunError } from "@pulumi/pulumi";
import fc from "fast-check";
import { readDeployed, readStaged } from "../../../components/snikket/reports";
import { anyCharacter } from "../../support/any-character";
import { nasty } from "../../support/attack-strings";
import { exampleReports } from "../../support/example-stack";

const production = { domain: "chat.example.org", acme: { server: "production" } };
const good = JSON.parse(exampleReports["snikket-deploy"]);
const invitation = "https://chat.example.org/invite/Ab_-9/";

/** What a person is told of a report. */
function refusal(read: () => unknown): string {
  try {
    return `taken: ${JSON.stringify(read()).slice(0, 200)}`;
  } catch (error) {
    // Of any other error, Pulumi shows the stack.
    expect(RunError.isInstance(error)).toBe(true);
    return (error as Error).message;
  }
}
const ofDeploy = (change: object) =>
  refusal(() => readDeployed(JSON.stringify({ ...good, ...change }), production));

const sentence = /^the machine answered snikket-(stage|deploy) with [\x20-\x7e]{20,400}$/;

test("reads what the scripts print", () => {
  expect(readStaged(exampleReports["snikket-stage"])).toEqual(
    JSON.parse(exampleReports["snikket-stage"]),
  );
  expect(readDeployed(JSON.stringify({ ...good, invitation }), production)).toEqual({
    ...good,
    invitation,
  });
});

test.each([
  "http://chat.example.org/invite/x",
  "https://chat.example.org.evil.example/invite/x",
  "https://chatXexample.org/invite/x",
  "https://chat.example.org@evil.example/invite/x",
  "https://chat.example.org:8443/invite/x",
  "https://evil.example/invite/x",
  "https://chat.example.org/invite/x?to=https://evil.example",
  "https://chat.example.org/invite/../login",
  "https://chat.example.org/invite/x\n",
  "https://chat.example.org/invite/\u001b]8;;https://evil.example\u0007x",
  "https://chat.example.org/invite/",
  "javascript:alert(1)",
  ...nasty,
])("refuses %j for an invitation", (link) => {
  expect(ofDeploy({ invitation: link })).toMatch(sentence);
});

test.each<[string, object]>([
  ["a relay login with a line break", { turn: { username: "1\n2", credential: "x" } }],
  ["no relay login", { turn: null }],
  ["ports that are no list", { listening: { length: 1e9 } }],
  ["a million ports", { listening: Array(1_000_000).fill("tcp/1") }],
  ["a chain of ten megabytes", { chain: "x".repeat(10_000_000) }],
  ["an invitation of ten megabytes", { invitation: `https://${"x".repeat(10_000_000)}` }],
])("refuses %s", (_, change) => {
  expect(ofDeploy(change)).toMatch(sentence);
});

test.each(["1.5'; id", 1.5])("refuses %j for a stamp", (stamp) => {
  const text = JSON.stringify({ ...JSON.parse(exampleReports["snikket-stage"]), stamp });
  expect(refusal(() => readStaged(text))).toMatch(sentence);
});

test("a challenge leads nowhere but to its folder", () => {
  for (const path of [
    "/",
    "//evil.example/",
    "/.well-known/acme-challenge/../x",
    "/x\r\nHost: y",
  ]) {
    const text = JSON.stringify({ stamp: "1.5", challenge: { path, content: "1.5" } });
    expect(refusal(() => readStaged(text))).toMatch(sentence);
  }
});

test("anything else is refused in one sentence, which repeats none of it", () => {
  const anything = fc.oneof(
    fc.json(),
    fc.constantFrom(...nasty),
    fc.string({ unit: anyCharacter }),
    fc.jsonValue().map((value) => JSON.stringify({ ...good, turn: value })),
  );
  fc.assert(
    fc.property(anything, (text) => {
      expect(refusal(() => readStaged(text))).toMatch(sentence);
      expect(refusal(() => readDeployed(text, production))).toMatch(sentence);
    }),
  );
  const cut = JSON.stringify(good).slice(0, -5);
  expect(refusal(() => readDeployed(cut, production))).not.toContain("relay-credential");
});

test("says whom to trust only where no root is known", () => {
  const text = JSON.stringify({ ...good, chain: "-----BEGIN CERTIFICATE-----\n" });
  const staging = { ...production, acme: { server: "staging" } };
  expect(readDeployed(text, staging).chain).toContain("BEGIN");
  for (const server of ["production", "custom"])
    expect(readDeployed(text, { ...production, acme: { server } }).chain).toBeNull();
});
