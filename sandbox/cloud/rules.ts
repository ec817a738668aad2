import type { Machine, Rule, World } from "./world";

interface Surroundings {
  /** The block that is the internet here. */
  internet: string;
  /** The name server, which machines ask at the metadata service's address. */
  dns: string;
}

/** Where every cloud has its metadata service. */
export const metadataAddress = "169.254.169.254";

/** The router's whole rules, as `iptables-restore` takes them: 1:1 NAT, and a way for what a rule names. */
export function routerRules(
  { subnet, machines }: Pick<World, "subnet" | "machines">,
  { internet, dns }: Surroundings,
): string {
  const connected = machines.filter(({ publicIp }) => publicIp);
  const asking = ["udp", "tcp"].map((protocol) => `-p ${protocol} --dport 53`);
  // The services of the sandbox fetch from the real internet.
  const services = `-s ${internet}${subnet ? ` ! -d ${subnet}` : ""}`;
  const nat = [
    ...asking.map((names) => `-A PREROUTING -d ${metadataAddress} ${names} -j DNAT --to ${dns}`),
    ...connected.flatMap((machine) => oneToOne(machine, `${subnet}`, internet)),
    ...(subnet ? [`-A POSTROUTING -s ${subnet} -j MASQUERADE`] : []),
    `-A POSTROUTING ${services} -j MASQUERADE`,
  ];
  const filter = [
    answers,
    ...asking.map((names) => `-A FORWARD -d ${dns} ${names} -j ACCEPT`),
    ...connected.flatMap(({ rules, privateIp }) => passing(rules, privateIp)),
    `-A FORWARD ${services} -j ACCEPT`,
  ];
  return `*nat\n${nat.join("\n")}\nCOMMIT\n*filter\n:FORWARD DROP\n${filter.join("\n")}\nCOMMIT\n`;
}

/** The same for `ip6tables-restore`: addresses are nowhere translated. */
export function routerRules6(machines: Machine[]): string {
  const ways = machines.flatMap(({ rules, ipv6 }) => (ipv6 ? passing(rules, ipv6) : []));
  return `*filter\n:FORWARD DROP\n${[answers, ...ways].join("\n")}\nCOMMIT\n`;
}

const answers = "-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT";

/** To its public address, from it, and from a machine to its own public address. */
const oneToOne = ({ privateIp, publicIp }: Machine, subnet: string, internet: string) => [
  `-A PREROUTING -d ${publicIp} -j DNAT --to ${privateIp}`,
  `-A POSTROUTING -s ${privateIp} -d ${internet} -j SNAT --to ${publicIp}`,
  `-A POSTROUTING -s ${privateIp} -d ${subnet} -m conntrack --ctstate DNAT -j SNAT --to ${publicIp}`,
];

/** A way for each rule of the address's own family. */
const passing = (rules: Rule[], machine: string): string[] =>
  rules
    .filter(({ peer }) => peer.includes(":") === machine.includes(":"))
    .map(({ direction, protocol, ports, icmp, peer }) => {
      const [ends, not] =
        direction === "in" ? [`-s ${peer} -d ${machine}`, ""] : [`-s ${machine} -d ${peer}`, "! "];
      const dialled = machine.includes(":") ? "" : ` -m conntrack ${not}--ctstate DNAT`;
      const range = ports ? ` --dport ${ports.join(":")}` : "";
      const kind = icmp ? ` --${protocol}-type ${icmp}` : "";
      return `-A FORWARD ${ends}${dialled} -p ${protocol}${range}${kind} -j ACCEPT`;
    });
