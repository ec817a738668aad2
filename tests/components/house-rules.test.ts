import type * as Cloudflare from "@pulumi/cloudflare";
import type * as Compute from "@pulumi/gcp/compute";
import type * as Core from "@pulumi/oci/core";
import { pinned } from "../../components/snikket/pinned";
import { snikketPorts } from "../../components/snikket/ports";
import type * as Releases from "../../components/snikket/releases";
import { exampleStack } from "../support/example-stack";
import { mockEngine } from "../support/mocks";

const allowed = {
  ports: snikketPorts({ turnPorts: { from: 49152, to: 49195 }, proxy65Port: 5000 }),
  sshFrom: ["198.51.100.7/32"],
  allowWorld: false,
  allowPaid: false,
};

/** Runs a program under the house's rules. */
async function run(program: () => unknown, change: Partial<typeof allowed> = {}) {
  const engine = await mockEngine({});
  const error = await engine
    .run(() => {
      const { holdHouseRules } =
        require("../../infra/house-rules") as typeof import("../../infra/house-rules");
      holdHouseRules({ ...allowed, ...change });
      program();
      return {};
    })
    .catch((error) => error);
  return { message: error.message as string | undefined, resources: engine.resources, error };
}

/** By the SDK that the engine of mocks loaded last. */
function isWithoutStack(error: unknown): boolean {
  const { RunError } = require("@pulumi/pulumi") as typeof import("@pulumi/pulumi");
  return RunError.isInstance(error);
}

const core = () => require("@pulumi/oci/core") as typeof Core;
const compute = () => require("@pulumi/gcp/compute") as typeof Compute;
const cloudflare = () => require("@pulumi/cloudflare") as typeof Cloudflare;

const oracleRule = (rule: object) => () =>
  new (core().NetworkSecurityGroupSecurityRule)("opening", {
    networkSecurityGroupId: "group",
    direction: "INGRESS",
    protocol: "6",
    source: "0.0.0.0/0",
    sourceType: "CIDR_BLOCK",
    ...rule,
  });
const tcp = (min: number, max = min) => ({ tcpOptions: { destinationPortRange: { min, max } } });
const udp = (min: number, max = min) => ({
  protocol: "17",
  udpOptions: { destinationPortRange: { min, max } },
});

const googleRule = (allows: object[], sourceRanges?: string[]) => () =>
  new (compute().Firewall)("opening", {
    network: "network",
    allows: allows as Compute.FirewallArgs["allows"] & object,
    ...(sourceRanges && { sourceRanges }),
  });

const record = (proxied?: boolean) => () =>
  new (cloudflare().DnsRecord)("record", {
    zoneId: "zone",
    name: "chat.example.org",
    type: "A",
    ttl: 1,
    ...(proxied !== undefined && { proxied }),
  });

const volume = (protect?: boolean) => () =>
  new (core().Volume)(
    "volume",
    { availabilityDomain: "AD-1", compartmentId: "c", sizeInGbs: "50" },
    protect === undefined ? {} : { protect },
  );
const disk = (protect: boolean) => () =>
  new (compute().Disk)("disk", { type: "pd-standard", size: 18 }, { protect });
const address = (protect: boolean) => () => new (compute().Address)("address", {}, { protect });
const publicIp = (protect: boolean) => () =>
  new (core().PublicIp)("address", { compartmentId: "c", lifetime: "RESERVED" }, { protect });
const privateIp = (protect: boolean) => () => new (core().PrivateIp)("address", {}, { protect });
const ipv6 = (protect: boolean) => () => new (core().Ipv6)("address", {}, { protect });

const port25 =
  /^opening \(\S+\) opens tcp 25-25 to 0\.0\.0\.0\/0, which is not in the table of ports$/;

test.each([
  ["an open port outside the table, at Oracle", oracleRule(tcp(25)), port25],
  ["a wider range than the table's", oracleRule(udp(49152, 65535)), /opens udp 49152-65535/],
  ["a port of the table by another protocol", oracleRule(udp(443)), /opens udp 443-443/],
  ["everything", oracleRule({ protocol: "all" }), /opens all 0-65535/],
  ["ICMP of any kind", oracleRule({ protocol: "1" }), /more of ICMP/],
  [
    "ICMP of another code",
    oracleRule({ protocol: "1", icmpOptions: { type: 3, code: 1 } }),
    /more of ICMP/,
  ],
  [
    "IPv4's type of ICMP by IPv6",
    oracleRule({ protocol: "58", icmpOptions: { type: 3, code: 4 } }),
    /more of ICMP/,
  ],
  [
    "a record of another kind",
    () => new (cloudflare().Record)("record", { zoneId: "zone", name: "chat", type: "A", ttl: 1 }),
    /of a kind that no house rule knows/,
  ],
  [
    "an address of another kind",
    () => new (compute().GlobalAddress)("address", {}),
    /of a kind that no house rule knows/,
  ],
  [
    "a disk of another kind",
    () => new (compute().RegionDisk)("disk", { replicaZones: [] }),
    /of a kind that no house rule knows/,
  ],
  [
    "a volume of another kind",
    () =>
      new (core().BootVolume)("volume", {
        ...{ compartmentId: "c", availabilityDomain: "AD-1" },
        sourceDetails: { id: "backup", type: "bootVolumeBackup" },
      }),
    /of a kind that no house rule knows/,
  ],
  [
    "a firewall of another kind",
    () =>
      new (compute().NetworkFirewallPolicyRule)("opening", {
        ...{ firewallPolicy: "policy", priority: 1, direction: "INGRESS", action: "allow" },
        match: { srcIpRanges: ["0.0.0.0/0"], layer4Configs: [{ ipProtocol: "all" }] },
      }),
    /^opening \(gcp:compute\/networkFirewallPolicyRule:\S+\) is of a kind that no house rule knows/,
  ],
  [
    "everything that calls itself ICMP",
    oracleRule({ protocol: "all", icmpOptions: { type: 3, code: 4 } }),
    /opens all/,
  ],
  [
    "SSH for the world, at Oracle",
    oracleRule(tcp(22)),
    /which snikket:host\.sshFrom does not name/,
  ],
  [
    "a list that opens something",
    () =>
      new (core().DefaultSecurityList)("list", {
        manageDefaultResourceId: "list",
        ingressSecurityRules: [{ protocol: "all", source: "0.0.0.0/0" }],
      }),
    /may open nothing/,
  ],
  [
    "a list of its own that opens something",
    () =>
      new (core().SecurityList)("list", {
        compartmentId: "c",
        vcnId: "vcn",
        ingressSecurityRules: [{ protocol: "6", source: "0.0.0.0/0" }],
      }),
    /may open nothing/,
  ],
  [
    "an open port outside the table, at Google",
    googleRule([{ protocol: "tcp", ports: ["443", "25"] }], ["0.0.0.0/0"]),
    port25,
  ],
  ["no ports, which are all", googleRule([{ protocol: "tcp" }]), /opens tcp 0-65535/],
  [
    "SSH for the world, at Google",
    googleRule([{ protocol: "tcp", ports: ["22"] }]),
    /which snikket:host\.sshFrom does not name/,
  ],
  [
    "SSH for no sources, which are all, at Google",
    googleRule([{ protocol: "tcp", ports: ["22"] }], []),
    /opens tcp 22-22 to 0\.0\.0\.0\/0, which snikket:host\.sshFrom does not name/,
  ],
  ["a proxied record", record(true), /must not be proxied/],
  ["a record that may become proxied", record(), /must not be proxied/],
  ["an unprotected volume", volume(), /must be protected/],
  ["an unprotected address at Oracle", publicIp(false), /must be protected/],
  ["an unprotected private address at Oracle", privateIp(false), /must be protected/],
  ["an unprotected IPv6 address at Oracle", ipv6(false), /must be protected/],
  ["an unprotected disk at Google", disk(false), /must be protected/],
  ["an unprotected address at Google", address(false), /must be protected/],
])("refuses a program with %s, without a stack trace", async (_, program, expected) => {
  const { message, error, resources } = await run(program);
  expect(message).toMatch(expected);
  expect(isWithoutStack(error)).toBe(true);
  expect(resources).toEqual([]);
});

test.each([
  ["a row of the table, at Oracle", oracleRule(tcp(443)), {}],
  ["the relay's range", oracleRule(udp(49152, 49195)), {}],
  ["SSH for whom the stack names", oracleRule({ ...tcp(22), source: "198.51.100.7/32" }), {}],
  [
    "packets that say that others were too big",
    oracleRule({ protocol: "1", icmpOptions: { type: 3, code: 4 } }),
    {},
  ],
  ["such packets by IPv6", oracleRule({ protocol: "58", icmpOptions: { type: 2, code: 0 } }), {}],
  [
    "a group of rules",
    () => new (core().NetworkSecurityGroup)("group", { compartmentId: "c", vcnId: "vcn" }),
    {},
  ],
  ["what goes out", oracleRule({ direction: "EGRESS", protocol: "all" }), {}],
  [
    "rows of the table, at Google",
    googleRule([{ protocol: "udp", ports: ["3478", "49152-49195"] }], ["0.0.0.0/0"]),
    {},
  ],
  [
    "SSH for the world where that is allowed",
    oracleRule(tcp(22)),
    { sshFrom: ["0.0.0.0/0"], allowWorld: true },
  ],
  ["a plain record", record(false), {}],
  ["a protected volume", volume(true), {}],
])("lets %s pass", async (_, program, change) => {
  const { message, resources } = await run(program, change);
  expect(message).toBeUndefined();
  expect(resources).toHaveLength(1);
});

test.each([
  ["all of IPv4", "0.0.0.0/0"],
  ["half of IPv4", "128.0.0.0/1"],
  ["all of IPv6", "::/0"],
  ["the half of IPv6 in which addresses are", "2000::/3"],
])("refuses SSH for %s, also where the stack names it, unless all are meant", async (_, source) => {
  const sshFrom = ["198.51.100.7/32", source];
  const atGoogle = googleRule([{ protocol: "tcp", ports: ["22"] }], sshFrom);
  for (const program of [oracleRule({ ...tcp(22), source }), atGoogle]) {
    const { message } = await run(program, { sshFrom });
    expect(message).toContain("the whole internet; set snikket:host.allowWorld");
    expect((await run(program, { sshFrom, allowWorld: true })).message).toBeUndefined();
  }
});

test("refuses a program with an unpinned image before anything is staged, without a stack trace", async () => {
  const engine = await mockEngine({ config: exampleStack() });
  const program = () => {
    const { newestRelease, releases } =
      require("../../components/snikket/releases") as typeof Releases;
    Object.assign(releases[newestRelease], { portal: "snikket/snikket-web-portal:stable" });
    return require("../../infra/index");
  };
  const error = await engine.run(program).catch((error) => error);
  expect(error.message).toContain("snikket-web-portal:stable is not pinned");
  expect(isWithoutStack(error)).toBe(true);
  // What was begun beforehand ends first.
  await engine.run(() => ({}));
  expect(engine.resources.map(({ name }) => name)).not.toContain("snikket-stage");
});

test("an image without a version is refused before anything is staged", () => {
  for (const image of ["snikket/snikket-server", "snikket/snikket-server:stable", "a:5000/snikket"])
    expect(() => pinned(image)).toThrow(`${image} is not pinned`);
  const digest = `snikket/snikket-server@sha256:${"0".repeat(64)}`;
  for (const image of ["snikket/snikket-server:stable.20260611", digest])
    expect(pinned(image)).toBe(image);
});
