import { oracleWorld } from "../../../sandbox/stand-ins/oci/world";
import type { Resource } from "../../../sandbox/stand-ins/store";

const kept = (kind: string, id: string, outputs: object): Resource => ({
  type: `oci:Core/${kind[0]?.toLowerCase()}${kind.slice(1)}:${kind}`,
  ...{ id, inputs: {}, outputs: { ...outputs } },
});

const world = "0.0.0.0/0";
const rule = (id: string, more: object) =>
  kept("NetworkSecurityGroupSecurityRule", id, {
    ...{ networkSecurityGroupId: "group", direction: "INGRESS", source: world, ...more },
  });

const all: Resource[] = [
  kept("Vcn", "vcn", { defaultSecurityListId: "list" }),
  kept("DefaultSecurityList", "list", { ingressSecurityRules: [], egressSecurityRules: [] }),
  kept("InternetGateway", "gateway", { enabled: true }),
  kept("RouteTable", "table", {
    routeRules: [{ destination: world, networkEntityId: "gateway" }],
  }),
  kept("Subnet", "subnet", { cidrBlock: "10.0.0.0/24", vcnId: "vcn", routeTableId: "table" }),
  rule("https", {
    ...{ protocol: "6", tcpOptions: { destinationPortRange: { min: 443, max: 443 } } },
  }),
  kept("PrivateIp", "inside", { ipAddress: "10.0.0.10" }),
  kept("PublicIp", "outside", { ipAddress: "198.51.100.40", privateIpId: "inside" }),
  kept("Instance", "instance", {
    ...{ displayName: "chat", state: "RUNNING" },
    createVnicDetails: { subnetId: "subnet", nsgIds: ["group"], privateIpId: "inside" },
    metadata: { ssh_authorized_keys: "ssh-ed25519 A\n", user_data: btoa("#cloud-config") },
    instanceOptions: { areLegacyImdsEndpointsDisabled: true },
  }),
  kept("Volume", "volume", { sizeInGbs: "50" }),
  kept("VolumeAttachment", "attached", {
    ...{ instanceId: "instance", volumeId: "volume", device: "/dev/oracleoci/oraclevdb" },
  }),
];

const without = (...ids: string[]) => all.filter(({ id }) => !ids.includes(id));
const machineOf = (resources: Resource[]) => oracleWorld(resources).machines[0];

describe("what Oracle's resources mean", () => {
  it("is a machine with its addresses, keys, rules and volume", () => {
    expect(oracleWorld(all)).toEqual({
      subnet: "10.0.0.0/24",
      volumes: [{ id: "volume", gb: 50 }],
      machines: [
        {
          ...{ id: "instance", name: "chat", image: "machine-oracle", running: true },
          ...{ privateIp: "10.0.0.10", publicIp: "198.51.100.40" },
          metadata: {
            "opc/v2/instance/metadata/ssh_authorized_keys": "ssh-ed25519 A\n",
            "opc/v2/instance/metadata/user_data": btoa("#cloud-config"),
          },
          ...{ publicKeys: ["ssh-ed25519 A"], userData: "#cloud-config" },
          rules: [{ direction: "in", protocol: "tcp", ports: [443, 443], peer: world }],
          attached: { volume: "/dev/oracleoci/oraclevdb" },
        },
      ],
    });
  });

  it("has SSH open to the world until the default security list is managed", () => {
    expect(machineOf(without("list"))?.rules).toContainEqual({
      ...{ direction: "in", protocol: "tcp", ports: [22, 22], peer: world },
    });
  });

  it("has no public address without a way to the internet", () => {
    for (const missing of ["gateway", "table", "outside"])
      expect(machineOf(without(missing))?.publicIp).toBeUndefined();
  });

  it("tells anybody the metadata where the old service is left on", () => {
    const careless = all.map((resource) =>
      resource.id === "instance"
        ? { ...resource, outputs: { ...resource.outputs, instanceOptions: {} } }
        : resource,
    );
    expect(machineOf(careless)?.metadata).toHaveProperty(["opc/v1/instance/metadata/user_data"]);
  });

  it("has no rules of other groups", () => {
    const other = rule("other", { networkSecurityGroupId: "other", protocol: "all" });
    expect(machineOf([...all, other])?.rules).toHaveLength(1);
  });

  it("has an IPv6 address where it took one and there is a way for it, and rules for that", () => {
    const way = (...destinations: string[]) =>
      kept("RouteTable", "table", {
        routeRules: destinations.map((destination) => ({
          destination,
          networkEntityId: "gateway",
        })),
      });
    const [instance] = all.filter(({ id }) => id === "instance");
    const taking = kept("Instance", "instance", {
      ...instance?.outputs,
      createVnicDetails: {
        ...(instance?.outputs.createVnicDetails as object),
        ipv6addressIpv6subnetCidrPairDetails: [{ ipv6id: "six" }],
      },
    });
    const both = [
      ...without("table", "instance"),
      kept("Ipv6", "other", { ipAddress: "2001:db8::b" }),
      kept("Ipv6", "six", { ipAddress: "2001:db8::a" }),
      rule("too-big", { protocol: "58", source: "::/0", icmpOptions: { type: 2, code: 0 } }),
    ];
    const machine = machineOf([...both, taking, way(world, "::/0")]);
    expect(machine).toMatchObject({ publicIp: "198.51.100.40", ipv6: "2001:db8::a" });
    expect(machine?.rules).toContainEqual({
      ...{ direction: "in", protocol: "icmpv6", icmp: "2/0", peer: "::/0" },
    });
    expect(machineOf([...both, taking, way(world)])?.ipv6).toBeUndefined();
    expect(
      machineOf([...both, ...all.filter((one) => one === instance), way(world, "::/0")])?.ipv6,
    ).toBeUndefined();
  });
});
