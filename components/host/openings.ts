import type { PortRule } from "./host";

/** Who may come in, and where. */
export interface Openings {
  ports: PortRule[];
  /** Blocks of addresses, of either family, that may come by SSH. */
  sshFrom: string[];
  /** Whether there is an IPv6 address as well. */
  ipv6: boolean;
}

const families = [
  { ip: 4, suffix: "", world: "0.0.0.0/0", has: (block: string) => !block.includes(":") },
  { ip: 6, suffix: "-ipv6", world: "::/0", has: (block: string) => block.includes(":") },
] as const;

/** The families of addresses that are used: clouds want them in rules of their own. */
export const familiesOf = ({ ipv6 }: Openings) => families.slice(0, ipv6 ? 2 : 1);
