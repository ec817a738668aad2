import { planOf } from "../../../operations/plan/changes";
import { instance, plan, state, step, unknown, urn } from "../../support/plan-steps";

test("tells of replaced and deleted things first, and counts", () => {
  const { resources, counts } = plan([
    step("update", "oci:Core/subnet:Subnet", "host-subnet"),
    step("create", "oci:Core/vcn:Vcn", "host-vcn"),
    step("same", "oci:Core/publicIp:PublicIp", "host-address"),
    step("delete", "cloudflare:index/dnsRecord:DnsRecord", "chat.example.org-A"),
    step("replace", instance, "host-machine"),
  ]);
  expect(resources.map(({ action, name }) => [action, name])).toEqual([
    ["replace", "host-machine"],
    ["delete", "chat.example.org-A"],
    ["create", "host-vcn"],
    ["update", "host-subnet"],
  ]);
  expect(counts).toEqual({ replace: 1, delete: 1, create: 1, update: 1, same: 1 });
});

test("is the same in whichever order the engine went at things", () => {
  const rule = "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule";
  const steps = [
    step("create", rule, "host-rule-10"),
    step("create", rule, "host-rule-9"),
    step("create", "command:remote:Command", "docker-install"),
    step("create", "command:remote:Command", "host-prepare"),
    step("create", instance, "host-machine"),
    step("create", "acme:index/thing:Thing", "a-thing"),
  ];
  expect(plan(steps)).toEqual(plan(steps.toReversed()));
  expect(plan(steps).resources.map(({ name }) => name)).toEqual([
    "host-machine",
    "host-rule-9",
    "host-rule-10",
    "a-thing",
    "host-prepare",
    "docker-install",
  ]);
});

test("leaves out groupings and providers", () => {
  const component = step("create", "snikket:host:OracleHost", "host");
  const steps = [
    { ...component, newState: { type: "snikket:host:OracleHost", custom: false } },
    step("update", "pulumi:providers:oci", "default_4_20_0"),
  ];
  expect(plan(steps)).toMatchObject({ resources: [], counts: { create: 0, update: 0, same: 0 } });
});

test("takes the engine's several steps of one replacement for one", () => {
  const steps = ["create-replacement", "replace", "delete-replaced"].map((op) =>
    step(op, instance, "host-machine"),
  );
  const { resources } = plan(steps);
  expect(resources).toHaveLength(1);
  expect(resources[0]?.action).toBe("replace");
});

describe("what is protected", () => {
  const machine = urn(instance, "host-machine");
  const kept = { newState: state(instance, {}, { protect: true }) };

  test("is told of as blocked", () => {
    const [replaced] = plan([step("replace", instance, "host-machine", kept)], [machine]).resources;
    expect(replaced?.blocked).toBe("protect");
    const [deleted] = plan([step("delete", instance, "host-machine")], [machine]).resources;
    expect(deleted?.blocked).toBe("protect");
  });

  test("by the state itself, where nobody took the protection out of it", () => {
    const both = { ...kept, oldState: state(instance, {}, { protect: true }) };
    expect(plan([step("replace", instance, "host-machine", both)]).resources[0]?.blocked).toBe(
      "protect",
    );
  });

  test("may be replaced by the up that takes the protection away, and changed at any time", () => {
    const [replaced] = plan([step("replace", instance, "host-machine")], [machine]).resources;
    expect(replaced).not.toHaveProperty("blocked");
    const [updated] = plan([step("update", instance, "host-machine", kept)], [machine]).resources;
    expect(updated).not.toHaveProperty("blocked");
  });
});

test("says in words what each is, and what tells it from the others", () => {
  const type = "cloudflare:index/dnsRecord:DnsRecord";
  const inputs = { name: "chat.example.org", type: "A", content: unknown };
  const { resources } = plan([
    step("create", type, "chat-A", { newState: state(type, inputs) }),
    step("create", "tls:index/privateKey:PrivateKey", "host-deploy-key"),
    step("create", "acme:index/thing:Thing", "thing"),
  ]);
  expect(resources.map(({ what }) => what)).toEqual([
    "the key that deployments log in with",
    "a DNS record (chat.example.org, A)",
    "something of type acme:index/thing:Thing",
  ]);
});

test("carries what the program says, and not what the engine thinks to itself", () => {
  const diagnostics = [
    { severity: "info", message: "DNS record needed: chat.example.org\n" },
    { severity: "debug", message: "registering" },
    { severity: "warning", message: "warning: it costs money\n" },
  ];
  const { notes } = planOf(
    { diagnostics },
    { stack: "home", comparedWith: "nothing", protected: new Set(), notes: ["first"] },
  );
  expect(notes).toEqual([
    "first",
    "DNS record needed: chat.example.org",
    "warning: it costs money",
  ]);
});
