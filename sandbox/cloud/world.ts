/** What there is to be in a cloud, whichever it is: data, made from what its customers asked for. */
export interface World {
  /** The machines' own network, as `10.0.0.0/24`. */
  subnet?: string | undefined;
  machines: Machine[];
  volumes: Volume[];
}

export interface Machine {
  /** Another one is another machine. */
  id: string;
  name: string;
  image: "machine-oracle" | "machine-google";
  running: boolean;
  privateIp: string;
  publicIp?: string | undefined;
  /** Its own, inside as well as outside. */
  ipv6?: string | undefined;
  /** What the metadata service says at a path below `/`. */
  metadata: Record<string, string>;
  /** Who may log in as the image's user, in OpenSSH's format. */
  publicKeys: string[];
  userData: string;
  /** What passes the cloud's firewall; nothing else does. */
  rules: Rule[];
  /** Attached volumes by their id, and under which name below `/dev` the machine finds each. */
  attached: Record<string, string>;
}

export interface Rule {
  direction: "in" | "out";
  protocol: "tcp" | "udp" | "icmp" | "icmpv6" | "all";
  /** First and last port; all where it is left out. */
  ports?: [number, number] | undefined;
  /** For ICMP, as `3/4`; all where it is left out. */
  icmp?: string | undefined;
  /** Where from, or where to, by IPv4 or IPv6. */
  peer: string;
}

export interface Volume {
  id: string;
  gb: number;
}

/** The first address of a block, counted from its start. */
export function nthAddress(subnet: string, n: number): string {
  const [start = ""] = subnet.split("/");
  if (start.endsWith("::")) return `${start}${n.toString(16)}`;
  const number = Buffer.from(start.split(".").map(Number)).readUInt32BE() + n;
  return [24, 16, 8, 0].map((bits) => (number >>> bits) & 255).join(".");
}

/** The first address of a block, from the given one on, that is nobody's. */
export function freeAddress(subnet: string, from: number, taken: unknown[]): string {
  for (let n = from; ; n++) {
    const address = nthAddress(subnet, n);
    if (!taken.includes(address)) return address;
  }
}
