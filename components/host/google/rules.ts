import type { PortRule } from "../host";
import { familiesOf, type Openings } from "../openings";

interface FirewallRule {
  purpose: string;
  allows: { protocol: string; ports: string[] }[];
  sourceRanges: string[];
}

/**
 * One rule for each protocol, so that a plan shows a changed port as one changed line. ICMP needs none: what answers
 * an allowed connection (3/4, for paths with a smaller MTU) comes in with it. Source: Google's VPC firewall documentation.
 */
export function firewallRules(openings: Openings): FirewallRule[] {
  const { ports, sshFrom } = openings;
  return familiesOf(openings)
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
