import * as pulumi from "@pulumi/pulumi";
import { freeMachineType } from "../components/host/google/free-tier";
import type { PortRule } from "../components/host/host";
import { freeShapes } from "../components/host/oracle/free-tier";

/** What a stack may open, and whether it may cost money. */
export interface Allowed {
  ports: PortRule[];
  /** Blocks of addresses that may come by SSH. */
  sshFrom: string[];
  allowPaid: boolean;
}

type Resource = Pick<pulumi.ResourceTransformationArgs, "props" | "opts">;

/** Says what is wrong with a resource; nothing where it keeps the rule. */
type HouseRule = (resource: Resource, allowed: Allowed) => string | undefined;

/** Freely given shapes and machine types. */
const freeMachines = [...freeShapes, freeMachineType];

const isProtected: HouseRule = ({ opts }) =>
  opts.protect === true
    ? undefined
    : "must be protected: with it a family's data or address would be lost";

const isFree: HouseRule = ({ props }, { allowPaid }) => {
  const size = props.shape ?? props.machineType;
  return allowPaid || freeMachines.includes(size)
    ? undefined
    : `has the size ${size}, which costs money; set snikket:host.allowPaid if that is meant`;
};

const isNotProxied: HouseRule = ({ props }) =>
  props.proxied === false ? undefined : "must not be proxied: neither chats nor calls come through";

const opensNothing: HouseRule = ({ props }) =>
  props.ingressSecurityRules?.length
    ? "may open nothing: rules stand in the security group, one for each row of the port table"
    : undefined;

const opensGroup: HouseRule = ({ props }, allowed) => {
  const { protocol, direction, source, icmpOptions } = props;
  if (direction === "EGRESS" || icmpOptions) return undefined;
  const { min, max } = (props.tcpOptions ?? props.udpOptions)?.destinationPortRange ?? {};
  const names: Record<string, string> = { "6": "tcp", "17": "udp" };
  return notOpen({ protocol: names[protocol] ?? "all", from: min, to: max }, [source], allowed);
};

const opensFirewall: HouseRule = ({ props }, allowed) => {
  for (const { protocol, ports = [] } of props.allows ?? []) {
    // To Google, no ports are all ports.
    for (const range of ports.length ? ports : ["0-65535"]) {
      const [from, to = from] = range.split("-").map(Number);
      const wrong = notOpen({ protocol, from, to }, props.sourceRanges ?? ["0.0.0.0/0"], allowed);
      if (wrong) return wrong;
    }
  }
  return undefined;
};

/** Why something may not be open to these addresses. */
function notOpen(
  { protocol, from, to }: { protocol: string; from: number; to: number },
  sources: string[],
  { ports, sshFrom }: Allowed,
): string | undefined {
  const inTable = ports.some(
    (row) => row.protocol === protocol && row.from === from && row.to === to,
  );
  const isSsh = protocol === "tcp" && from === 22 && to === 22;
  if (inTable || (isSsh && sources.every((source) => sshFrom.includes(source)))) return undefined;
  const what = `opens ${protocol} ${from}-${to} to ${sources.join(", ")}`;
  return isSsh
    ? `${what}, which snikket:host.sshFrom does not name`
    : `${what}, which is not in the table of ports`;
}

const rules: Record<string, HouseRule> = {
  "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule": opensGroup,
  "oci:Core/defaultSecurityList:DefaultSecurityList": opensNothing,
  "oci:Core/securityList:SecurityList": opensNothing,
  "oci:Core/publicIp:PublicIp": isProtected,
  "oci:Core/privateIp:PrivateIp": isProtected,
  "oci:Core/volume:Volume": isProtected,
  "oci:Core/instance:Instance": isFree,
  "gcp:compute/firewall:Firewall": opensFirewall,
  "gcp:compute/address:Address": isProtected,
  "gcp:compute/disk:Disk": isProtected,
  "gcp:compute/instance:Instance": isFree,
  "cloudflare:index/dnsRecord:DnsRecord": isNotProxied,
};

/**
 * What no change of a component may forget: a program that breaks a rule ends before that resource is asked for.
 * @throws pulumi.RunError from the constructor of the resource
 */
export function holdHouseRules(allowed: Allowed): void {
  pulumi.runtime.registerStackTransformation(({ type, name, props, opts }) => {
    const wrong = rules[type]?.({ props, opts }, allowed);
    if (wrong) throw new pulumi.RunError(`${name} (${type}) ${wrong}`);
    return undefined;
  });
}
