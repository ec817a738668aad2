import type { PortRule } from "../host";

/** Who may come in, and where. */
export interface Openings {
  ports: PortRule[];
  /** Blocks of addresses, of either family, that may come by SSH. */
  sshFrom: string[];
  /** Whether there is an IPv6 address as well. */
  ipv6: boolean;
}

export interface FirewallRule {
  purpose: string;
  allows: { protocol: string; ports: string[] }[];
  sourceRanges: string[];
}

/** Google wants the families of addresses in rules of their own. */
const families = [
  { suffix: "", world: "0.0.0.0/0", has: (block: string) => !block.includes(":") },
  { suffix: "-ipv6", world: "::/0", has: (block: string) => block.includes(":") },
];

/**
 * One rule for each protocol, so that a plan shows a changed port as one changed line. ICMP needs none: what answers
 * an allowed connection (3/4, for paths with a smaller MTU) comes in with it. Source: Google's VPC firewall documentation.
 */
export function firewallRules({ ports, sshFrom, ipv6 }: Openings): FirewallRule[] {
  return families
    .slice(0, ipv6 ? 2 : 1)
    .flatMap(({ suffix, world, has }) => [
      rule(`tcp${suffix}`, "tcp", rangesOf(ports, "tcp"), [world]),
      rule(`udp${suffix}`, "udp", rangesOf(ports, "udp"), [world]),
      rule(`ssh${suffix}`, "tcp", [sshPort], sshFrom.filter(has)),
    ])
    .filter(({ allows: [allowed], sourceRanges }) => {
      // To Google, no ports are all ports and no sources are all sources.
      return allowed?.ports.length && sourceRanges.length;
    });
}

const sshPort = "22";

const rule = (purpose: string, protocol: string, ports: string[], sourceRanges: string[]) => ({
  purpose,
  allows: [{ protocol, ports }],
  sourceRanges,
});

const rangesOf = (ports: PortRule[], wanted: PortRule["protocol"]): string[] =>
  ports
    .filter(({ protocol }) => protocol === wanted)
    .map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
