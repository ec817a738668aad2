import type { MadeHosts } from "../support/hosts";
import { args, compartmentId, makeOracle } from "../support/oracle-host";

const displayName = "snikket-chat-example-org";
const named = { compartmentId, displayName };

let made: MadeHosts;

const rulesOf = (host: string) =>
  Object.fromEntries(
    made
      .ofType("SecurityGroupSecurityRule")
      .filter(({ name }) => name.startsWith(`${host}-rule-`))
      .map(({ name, inputs }) => [name.replace(`${host}-rule-`, ""), inputs]),
  );

const portOptions = (protocol: string, min: number, max: number) =>
  protocol === "tcp"
    ? { protocol: "6", tcpOptions: { destinationPortRange: { min, max } } }
    : { protocol: "17", udpOptions: { destinationPortRange: { min, max } } };

/** All rules for one family of addresses. */
function rules(host: string, suffix: string, world: string, operator: string) {
  const group = { networkSecurityGroupId: `${host}-rules-id` };
  const from = (source: string, description: string) => ({
    ...group,
    direction: "INGRESS",
    source,
    sourceType: "CIDR_BLOCK",
    description,
  });
  const tooBig = suffix
    ? { protocol: "58", icmpOptions: { type: 2, code: 0 } }
    : { protocol: "1", icmpOptions: { type: 3, code: 4 } };
  return {
    ...Object.fromEntries(
      args.ports.map(({ name, protocol, from: min, to: max, reason }) => [
        `${name}${suffix}`,
        { ...from(world, reason), ...portOptions(protocol, min, max) },
      ]),
    ),
    [`ssh-${operator}`]: { ...from(operator, "deployments"), ...portOptions("tcp", 22, 22) },
    [`too-big${suffix}`]: { ...from(world, "packets that are too big for their path"), ...tooBig },
    [`out${suffix}`]: {
      ...{ ...group, direction: "EGRESS", description: "everything may go out" },
      ...{ protocol: "all", destination: world, destinationType: "CIDR_BLOCK" },
    },
  };
}

describe("as it comes", () => {
  beforeAll(async () => {
    made = await makeOracle();
  });

  test("is a network of its own with a way to the internet", () => {
    const vcnId = "host-vcn-id";
    expect(made.inputs("host-vcn")).toEqual({
      ...named,
      cidrBlocks: ["10.0.0.0/24"],
      dnsLabel: "snikket",
    });
    expect(made.inputs("host-gateway")).toEqual({ ...named, vcnId, enabled: true });
    expect(made.inputs("host-routes")).toEqual({
      ...named,
      vcnId,
      routeRules: [
        {
          destination: "0.0.0.0/0",
          destinationType: "CIDR_BLOCK",
          networkEntityId: "host-gateway-id",
        },
      ],
    });
    expect(made.inputs("host-subnet")).toEqual({
      ...named,
      vcnId,
      cidrBlock: "10.0.0.0/24",
      dnsLabel: "family",
      routeTableId: "host-routes-id",
    });
  });

  test("lets in exactly the port table, SSH from where it is said, and what says that packets are too big", () => {
    expect(rulesOf("host")).toEqual(rules("host", "", "0.0.0.0/0", "198.51.100.7/32"));
    expect(made.inputs("host-rules")).toEqual({ ...named, vcnId: "host-vcn-id" });
  });

  test("empties the list of rules that comes with a network and opens SSH to the world", () => {
    expect(made.inputs("host-default-rules")).toEqual({
      ...named,
      manageDefaultResourceId: "default-list",
      ingressSecurityRules: [],
      egressSecurityRules: [],
    });
  });

  test("has its address before the machine, and binds both by a reserved one inside", () => {
    expect(made.inputs("host-private-address")).toEqual({
      displayName,
      lifetime: "RESERVED",
      subnetId: "host-subnet-id",
    });
    expect(made.inputs("host-address")).toEqual({
      ...named,
      lifetime: "RESERVED",
      privateIpId: "host-private-address-id",
    });
    for (const name of ["host-private-address", "host-address"])
      expect(made.resource(name).after).not.toContain("host-machine");
    // An update of it would take it from the machine.
    expect(made.options["host-private-address"]?.ignoreChanges).toEqual(["vnicId"]);
  });
});

describe("with IPv6", () => {
  beforeAll(async () => {
    made = await makeOracle({
      six: { ipv6: true, sshFrom: ["198.51.100.7/32", "2001:db8::/64"] },
    });
  });

  test("has a second, reserved address where IPv6 is wanted", () => {
    const vcnId = "six-vcn-id";
    expect(made.inputs("six-vcn")).toEqual({
      ...named,
      cidrBlocks: ["10.0.0.0/24"],
      dnsLabel: "snikket",
      isIpv6enabled: true,
    });
    expect(made.inputs("six-subnet")).toEqual({
      ...{ ...named, vcnId, cidrBlock: "10.0.0.0/24", ipv6cidrBlock: "2001:db8:1:ab00::/64" },
      ...{ dnsLabel: "family", routeTableId: "six-routes-id" },
    });
    const way = { destinationType: "CIDR_BLOCK", networkEntityId: "six-gateway-id" };
    const routeRules = ["0.0.0.0/0", "::/0"].map((destination) => ({ destination, ...way }));
    expect(made.inputs("six-routes")).toEqual({ ...named, vcnId, routeRules });
    expect(made.inputs("six-address-ipv6")).toEqual({
      displayName,
      lifetime: "RESERVED",
      subnetId: "six-subnet-id",
    });
    expect(made.protectedOnes("six")).toContain("six-address-ipv6");
    expect(made.options["six-address-ipv6"]?.ignoreChanges).toEqual(["vnicId"]);
    expect(made.inputs("six-machine").createVnicDetails).toEqual({
      ...{ displayName, subnetId: "six-subnet-id", nsgIds: ["six-rules-id"] },
      ...{ privateIpId: "six-private-address-id", assignPublicIp: "false" },
      ipv6addressIpv6subnetCidrPairDetails: [{ ipv6id: "six-address-ipv6-id" }],
    });
    expect(made.outputs.six?.value).toBe("2001:db8:1:ab00::9");
  });

  test("has the same rules once more for IPv6", () => {
    expect(rulesOf("six")).toEqual({
      ...rules("six", "", "0.0.0.0/0", "198.51.100.7/32"),
      ...rules("six", "-ipv6", "::/0", "2001:db8::/64"),
    });
  });
});
