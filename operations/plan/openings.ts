/** What a cloud's rule opens, as `tcp 443` or `udp 49152-49195`; nothing where it is about something else. */

type Inputs = Record<string, unknown>;

interface Options {
  destinationPortRange?: { min: number; max: number };
}

const protocols: Record<string, string> = { "6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6" };

/** Of a rule in a network security group at Oracle. */
export function oracleOpening({ protocol, tcpOptions, udpOptions }: Inputs): string | undefined {
  const { min, max } =
    ((tcpOptions ?? udpOptions) as Options | undefined)?.destinationPortRange ?? {};
  const name = protocols[String(protocol)] ?? String(protocol);
  if (min === undefined) return name;
  return `${name} ${min === max ? min : `${min}-${max}`}`;
}

/** Of a firewall rule at Google. */
export function googleOpening({ allows }: Inputs): string | undefined {
  const list = (allows ?? []) as { protocol: string; ports?: string[] }[];
  return list.map(({ protocol, ports = [] }) => `${protocol} ${ports.join(" ")}`.trim()).join(", ");
}
