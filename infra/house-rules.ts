import * as pulumi from "@pulumi/pulumi";
import * as google from "../components/host/google/free-tier";
import type { PortRule } from "../components/host/host";
import * as oracle from "../components/host/oracle/free-tier";
import { isWorld } from "./config.rules";

/** What a stack may open, and whether it may cost money. */
interface Allowed {
  ports: PortRule[];
  /** Blocks of addresses that may come by SSH. */
  sshFrom: string[];
  /** Whether the whole internet may be among these. */
  allowWorld: boolean;
  allowPaid: boolean;
}

type Resource = Pick<pulumi.ResourceTransformationArgs, "props" | "opts">;

/** Says what is wrong with a resource; nothing where it keeps the rule. */
type HouseRule = (resource: Resource, allowed: Allowed) => string | undefined;

const isProtected: HouseRule = ({ opts }) =>
  opts.protect === true
    ? undefined
    : "must be protected: with it a family's data or address would be lost";

type Props = Resource["props"];
/** In words, and whether it is free. */
type Size = [size: string, isFree: boolean];

const isFree =
  (sizesOf: (props: Props) => Size[]): HouseRule =>
  ({ props }, { allowPaid }) => {
    const paid = sizesOf(props).find(([, isFree]) => !isFree);
    return allowPaid || !paid
      ? undefined
      : `has ${paid[0]}, which costs money; set snikket:host.allowPaid if that is meant`;
  };

const inGb = (what: string, size: unknown, free: number): Size => [
  `${what} of ${size} GB`,
  Number(size) <= free,
];
const ofKind = (what: string, kind: string, free: readonly string[]): Size => [
  `the ${what} ${kind}`,
  free.includes(kind),
];

/** How fast a volume is; what is left out is `10`, and nothing else is free. */
const inVpus = (what: string, vpus: unknown = "10"): Size => [
  `${what} of ${vpus} performance units per GB`,
  Number(vpus) === 10,
];
/** What a machine has beside what is free. */
const without = (what: string, some: unknown[] = []): Size => [what, some.length === 0];
/** What is left out is PREMIUM. */
const inTier = (tier = "PREMIUM"): Size => ofKind("network tier", tier, ["STANDARD"]);

// What an instance leaves out is small; a volume of no size is a large one.
const oracleMachine = isFree(({ shape, shapeConfig, sourceDetails }) => {
  const { ocpus = 1, memoryInGbs = 1 } = shapeConfig ?? {};
  const { bootVolumeSizeInGbs = oracle.smallestVolumeGb, bootVolumeVpusPerGb } =
    sourceDetails ?? {};
  return [
    ofKind("size", shape, oracle.freeShapes),
    [`${ocpus} OCPUs`, ocpus <= oracle.free.ocpus],
    inGb("memory", memoryInGbs, oracle.free.memoryGb),
    inGb("a boot volume", bootVolumeSizeInGbs, oracle.free.volumesGb),
    inVpus("a boot volume", bootVolumeVpusPerGb),
  ];
});
const oracleVolume = isFree(({ sizeInGbs, vpusPerGb }) => [
  inGb("a size", sizeInGbs, oracle.free.volumesGb),
  inVpus("a speed", vpusPerGb),
]);

type Interfaces = { accessConfigs?: { networkTier?: string }[] }[];
const googleMachine = isFree((props) => {
  const { machineType, bootDisk, scratchDisks, guestAccelerators, networkInterfaces } = props;
  const { type = google.freeDiskType, size = 0 } = bootDisk?.initializeParams ?? {};
  return [
    ofKind("size", machineType, [google.freeMachineType]),
    ofKind("boot disk", type, [google.freeDiskType]),
    inGb("a boot disk", size, google.free.diskGb),
    without("a scratch disk", scratchDisks),
    without("an accelerator", guestAccelerators),
    ...(networkInterfaces as Interfaces)
      .flatMap(({ accessConfigs = [] }) => accessConfigs)
      .map(({ networkTier }) => inTier(networkTier)),
  ];
});
const googleAddress = isFree(({ networkTier }) => [inTier(networkTier)]);
const googleDisk = isFree(({ type = google.freeDiskType, size }) => [
  ofKind("type", type, [google.freeDiskType]),
  inGb("a size", size, google.free.diskGb),
]);

const isNotProxied: HouseRule = ({ props }) =>
  props.proxied === false ? undefined : "must not be proxied: neither chats nor calls come through";

const opensNothing: HouseRule = ({ props }) =>
  props.ingressSecurityRules?.length
    ? "may open nothing: rules stand in the security group, one for each row of the port table"
    : undefined;

/** Type and code of ICMP, of either family, that say of a packet that it is too big. */
const tooBig: Record<string, string> = { "1": "3/4", "58": "2/0" };

const opensGroup: HouseRule = ({ props }, allowed) => {
  const { protocol, direction, source, icmpOptions } = props;
  if (direction === "EGRESS") return undefined;
  if (protocol in tooBig)
    return `${icmpOptions?.type}/${icmpOptions?.code}` === tooBig[protocol]
      ? undefined
      : "lets in more of ICMP than what says that a packet is too big";
  // To Oracle, no ports are all ports.
  const { min = 0, max = 65535 } =
    (props.tcpOptions ?? props.udpOptions)?.destinationPortRange ?? {};
  const names: Record<string, string> = { "6": "tcp", "17": "udp" };
  return notOpen({ protocol: names[protocol] ?? "all", from: min, to: max }, [source], allowed);
};

const opensFirewall: HouseRule = ({ props }, allowed) => {
  // To Google, no sources are all sources, and no ports are all ports.
  const sources = props.sourceRanges?.length ? props.sourceRanges : ["0.0.0.0/0"];
  for (const { protocol, ports = [] } of props.allows ?? []) {
    for (const range of ports.length ? ports : ["0-65535"]) {
      const [from, to = from] = range.split("-").map(Number);
      const wrong = notOpen({ protocol, from, to }, sources, allowed);
      if (wrong) return wrong;
    }
  }
  return undefined;
};

/** Why something may not be open to these addresses. */
function notOpen(
  { protocol, from, to }: { protocol: string; from: number; to: number },
  sources: string[],
  { ports, sshFrom, allowWorld }: Allowed,
): string | undefined {
  const inTable = ports.some(
    (row) => row.protocol === protocol && row.from === from && row.to === to,
  );
  if (inTable) return undefined;
  const what = `opens ${protocol} ${from}-${to} to ${sources.join(", ")}`;
  const isSsh = protocol === "tcp" && from === 22 && to === 22;
  if (!isSsh) return `${what}, which is not in the table of ports`;
  if (!sources.every((source) => sshFrom.includes(source)))
    return `${what}, which snikket:host.sshFrom does not name`;
  return allowWorld || !sources.some(isWorld)
    ? undefined
    : `${what}, the whole internet; set snikket:host.allowWorld if that is meant`;
}

/** Whatever else a cloud has to open ports with, or to keep data or addresses; only Cloudflare's records may be proxied. */
const isOfConcern =
  /firewall|security(List|Policy|Rule)|:(?!Attached)\w*(Volume|Disk|Address|PublicIp)$|^cloudflare:.*Record$/i;
const isUnknown: HouseRule = () => "is of a kind that no house rule knows";

/** What the first that is not kept says. */
const both =
  (...some: HouseRule[]): HouseRule =>
  (resource, allowed) =>
    some.map((rule) => rule(resource, allowed)).find(Boolean);

const rules: Record<string, HouseRule> = {
  "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule": opensGroup,
  "oci:Core/defaultSecurityList:DefaultSecurityList": opensNothing,
  "oci:Core/securityList:SecurityList": opensNothing,
  "oci:Core/publicIp:PublicIp": isProtected,
  "oci:Core/privateIp:PrivateIp": isProtected,
  "oci:Core/ipv6:Ipv6": isProtected,
  "oci:Core/volume:Volume": both(isProtected, oracleVolume),
  "oci:Core/instance:Instance": oracleMachine,
  "gcp:compute/firewall:Firewall": opensFirewall,
  "gcp:compute/address:Address": both(isProtected, googleAddress),
  "gcp:compute/disk:Disk": both(isProtected, googleDisk),
  "gcp:compute/instance:Instance": googleMachine,
  "cloudflare:index/dnsRecord:DnsRecord": isNotProxied,
};

/**
 * What no change of a component may forget: a program that breaks a rule ends before that resource is asked for.
 * @throws pulumi.RunError from the constructor of the resource
 */
export function holdHouseRules(allowed: Allowed): void {
  pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
    const rule = rules[type] ?? (isOfConcern.test(type) ? isUnknown : undefined);
    const wrong = rule?.({ props, opts }, allowed);
    if (wrong) throw new pulumi.RunError(`${name} (${type}) ${wrong}`);
    return undefined;
  });
}
