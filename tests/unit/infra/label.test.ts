import { firewallRules } from "../../../components/host/google/rules";
import { domainProblem } from "../../../infra/config.schema";
import { labelOf } from "../../../infra/host";

const port = { name: "https", from: 443, to: 443, reason: "web" };
/** What Google's names end in: those of rules, and of the things that are there but once. */
const endings = [
  ...firewallRules({
    ports: [
      { ...port, protocol: "tcp" },
      { ...port, protocol: "udp" },
    ],
    sshFrom: ["198.51.100.7/32", "2001:db8::7/128"],
    ipv6: true,
  }).map(({ purpose }) => purpose),
  "ipv4",
  "ipv6",
  "data",
];

test("a domain without dashes is called by its own parts", () => {
  expect(labelOf("chat.example.org")).toBe("chat-example-org");
});

test.each([
  ["my-family.org", "my.family.org"],
  ["a-b.example.org", "a.b-example.org"],
  ["a-b.c-d.org", "a.b-c.d.org"],
  ["a--b.example.org", "a-b.example.org"],
])("%s and %s stay apart", (one, other) => {
  expect([one, other].map(domainProblem)).toEqual([undefined, undefined]);
  expect(labelOf(one)).not.toBe(labelOf(other));
});

test.each([
  ["the longest domain", `${"a".repeat(35)}.org`],
  ["the longest with dashes", `a-${"b".repeat(33)}.org`],
  ["one of dashes", `a${"-".repeat(33)}b.org`],
  ["one that begins with a digit", "1-2.example.org"],
])("%s gives names that Google takes", (_, domain) => {
  expect(domainProblem(domain)).toBeUndefined();
  for (const ending of ["", ...endings.map((one) => `-${one}`)]) {
    // Source: RFC 1035, as cloud.google.com/compute/docs/naming-resources has it.
    expect(`snikket-${labelOf(domain)}${ending}`).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
  }
});
