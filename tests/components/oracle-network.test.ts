import type { MadeHosts } from "../support/hosts";
import { args, compartmentId, makeOracle } from "../support/oracle-host";

const displayName = "snikket-chat-example-org";
const named = { compartmentId, displayName };

let made: MadeHosts;

const world = { source: "0.0.0.0/0", sourceType: "CIDR_BLOCK" };
const portOptions = (protocol: string, min: number, max: number) =>
  protocol === "tcp"
    ? { protocol: "6", tcpOptions: { destinationPortRange: { min, max } } }
    : { protocol: "17", udpOptions: { destinationPortRange: { min, max } } };

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
    const rules = made
      .ofType("SecurityGroupSecurityRule")
      .map(({ name, inputs }) => [name.replace("host-rule-", ""), inputs]);
    const group = { networkSecurityGroupId: "host-rules-id" };
    const incoming = { ...group, direction: "INGRESS" };
    expect(Object.fromEntries(rules)).toEqual({
      ...Object.fromEntries(
        args.ports.map(({ name, protocol, from, to, reason }) => [
          name,
          { ...incoming, ...world, description: reason, ...portOptions(protocol, from, to) },
        ]),
      ),
      "ssh-198.51.100.7/32": {
        ...incoming,
        ...world,
        source: "198.51.100.7/32",
        description: expect.any(String),
        ...portOptions("tcp", 22, 22),
      },
      "too-big": {
        ...incoming,
        ...world,
        description: expect.any(String),
        protocol: "1",
        icmpOptions: { type: 3, code: 4 },
      },
      out: {
        ...group,
        direction: "EGRESS",
        description: expect.any(String),
        protocol: "all",
        destination: "0.0.0.0/0",
        destinationType: "CIDR_BLOCK",
      },
    });
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
    expect(made.inputs("six-vcn").isIpv6enabled).toBe(true);
    expect(made.inputs("six-subnet").ipv6cidrBlock).toBe("2001:db8:1:ab00::/64");
    const routes = made.inputs("six-routes").routeRules as unknown as { destination: string }[];
    expect(routes.map(({ destination }) => destination)).toEqual(["0.0.0.0/0", "::/0"]);
    expect(made.inputs("six-address-ipv6")).toEqual({
      displayName,
      lifetime: "RESERVED",
      subnetId: "six-subnet-id",
    });
    expect(made.protectedOnes("six")).toContain("six-address-ipv6");
    expect(made.options["six-address-ipv6"]?.ignoreChanges).toEqual(["vnicId"]);
    expect(made.inputs("six-machine").createVnicDetails).toMatchObject({
      ipv6addressIpv6subnetCidrPairDetails: [{ ipv6id: "six-address-ipv6-id" }],
    });
    expect(made.outputs.six?.value).toBe("2001:db8:1:ab00::9");
  });

  test("has rules of their own for IPv6", () => {
    const six = made
      .ofType("SecurityGroupSecurityRule")
      .filter(({ inputs }) => String(inputs.source ?? inputs.destination).includes(":"));
    const ports = args.ports.map(({ name }) => `${name}-ipv6`);
    expect(six.map(({ name }) => name.replace("six-rule-", "")).sort()).toEqual(
      [...ports, "ssh-2001:db8::/64", "too-big-ipv6", "out-ipv6"].sort(),
    );
    expect(made.inputs("six-rule-too-big-ipv6")).toMatchObject({
      protocol: "58",
      icmpOptions: { type: 2, code: 0 },
    });
  });
});
