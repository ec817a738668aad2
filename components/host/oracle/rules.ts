import type { PortRule } from "../host";
import { familiesOf, type Openings } from "../openings";

/** One rule of a network security group; its purpose is its name. */
interface SecurityRule {
  purpose: string;
  description: string;
  direction: "INGRESS" | "EGRESS";
  /** Number of the protocol, or `all`. */
  protocol: string;
  source?: string;
  sourceType?: "CIDR_BLOCK";
  destination?: string;
  destinationType?: "CIDR_BLOCK";
  tcpOptions?: PortOptions;
  udpOptions?: PortOptions;
  icmpOptions?: { type: number; code: number };
}

interface PortOptions {
  destinationPortRange: { min: number; max: number };
}

/** How the families of addresses say that a packet is too big for its path. */
const tooBig = {
  4: { protocol: "1", icmpOptions: { type: 3, code: 4 } },
  6: { protocol: "58", icmpOptions: { type: 2, code: 0 } },
};

const ssh = { name: "ssh", protocol: "tcp", from: 22, to: 22, reason: "deployments" } as const;

/** One rule for each row of the port table, and for each who may come by SSH; everything may go out. */
export function securityRules(openings: Openings): SecurityRule[] {
  const { ports, sshFrom } = openings;
  return familiesOf(openings).flatMap(({ ip, suffix, world, has }) => [
    ...ports.map((row) => opening(row, world, `${row.name}${suffix}`)),
    ...sshFrom.filter(has).map((block) => opening(ssh, block, `ssh-${block}`)),
    {
      ...from(world, `too-big${suffix}`, "packets that are too big for their path"),
      ...tooBig[ip],
    },
    {
      purpose: `out${suffix}`,
      description: "everything may go out",
      direction: "EGRESS" as const,
      protocol: "all",
      destination: world,
      destinationType: "CIDR_BLOCK" as const,
    },
  ]);
}

function opening(row: PortRule, block: string, purpose: string): SecurityRule {
  const options = { destinationPortRange: { min: row.from, max: row.to } };
  return {
    ...from(block, purpose, row.reason),
    ...(row.protocol === "tcp"
      ? { protocol: "6", tcpOptions: options }
      : { protocol: "17", udpOptions: options }),
  };
}

const from = (source: string, purpose: string, description: string) => ({
  purpose,
  description,
  direction: "INGRESS" as const,
  source,
  sourceType: "CIDR_BLOCK" as const,
});
