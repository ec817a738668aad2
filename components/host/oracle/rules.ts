import type { PortRule } from "../host";

/** Who may come in, and where. */
export interface Openings {
  ports: PortRule[];
  /** Blocks of addresses, of either family, that may come by SSH. */
  sshFrom: string[];
  /** Whether IPv6 is used as well. */
  ipv6: boolean;
}

/** One rule of a network security group; its purpose is its name. */
export interface SecurityRule {
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

/** Oracle wants the families of addresses in rules of their own. */
const families = [
  {
    suffix: "",
    world: "0.0.0.0/0",
    has: (block: string) => !block.includes(":"),
    tooBig: { protocol: "1", icmpOptions: { type: 3, code: 4 } },
  },
  {
    suffix: "-ipv6",
    world: "::/0",
    has: (block: string) => block.includes(":"),
    tooBig: { protocol: "58", icmpOptions: { type: 2, code: 0 } },
  },
];

const ssh = { name: "ssh", protocol: "tcp", from: 22, to: 22, reason: "deployments" } as const;

/** One rule for each row of the port table, and for each who may come by SSH; everything may go out. */
export function securityRules({ ports, sshFrom, ipv6 }: Openings): SecurityRule[] {
  return families.slice(0, ipv6 ? 2 : 1).flatMap(({ suffix, world, has, tooBig }) => [
    ...ports.map((row) => opening(row, world, `${row.name}${suffix}`)),
    ...sshFrom.filter(has).map((block) => opening(ssh, block, `ssh-${block}`)),
    {
      ...from(world, `too-big${suffix}`, "packets that are too big for their path"),
      ...tooBig,
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
