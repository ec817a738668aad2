import { routerRules, routerRules6 } from "../../../sandbox/cloud/rules";
import { freeAddress, type Machine, nthAddress } from "../../../sandbox/cloud/world";

const machine: Machine = {
  ...{ id: "1", name: "one", image: "machine-oracle", running: true },
  ...{ privateIp: "10.0.0.10", publicIp: "198.51.100.40" },
  ...{ metadata: {}, publicKeys: [], userData: "", attached: {} },
  rules: [
    { direction: "in", protocol: "tcp", ports: [22, 22], peer: "198.51.100.1/32" },
    { direction: "in", protocol: "udp", ports: [49152, 49195], peer: "0.0.0.0/0" },
    { direction: "in", protocol: "icmp", icmp: "3/4", peer: "0.0.0.0/0" },
    { direction: "out", protocol: "all", peer: "0.0.0.0/0" },
  ],
};

const surroundings = { internet: "198.51.100.0/24", dns: "198.51.100.2" };
const rules = (...machines: Machine[]) =>
  routerRules({ subnet: "10.0.0.0/24", machines }, surroundings).split("\n");
const about = (address: string, lines: string[]) => lines.filter((line) => line.includes(address));

describe("the router of a cloud", () => {
  it("drops what no rule names", () => {
    expect(rules()).toContain(":FORWARD DROP");
    expect(about("10.0.0.10", rules({ ...machine, rules: [] })).join("\n")).not.toContain("ACCEPT");
  });

  it("has one ACCEPT for each rule, for what came to the public address alone", () => {
    const accepted = about("10.0.0.10", rules(machine)).filter((line) => line.endsWith("ACCEPT"));
    const dialled = "-d 10.0.0.10 -m conntrack --ctstate DNAT";
    expect(accepted).toEqual([
      `-A FORWARD -s 198.51.100.1/32 ${dialled} -p tcp --dport 22:22 -j ACCEPT`,
      `-A FORWARD -s 0.0.0.0/0 ${dialled} -p udp --dport 49152:49195 -j ACCEPT`,
      `-A FORWARD -s 0.0.0.0/0 ${dialled} -p icmp --icmp-type 3/4 -j ACCEPT`,
      "-A FORWARD -s 10.0.0.10 -d 0.0.0.0/0 -m conntrack ! --ctstate DNAT -p all -j ACCEPT",
    ]);
  });

  it("keeps who sends: nobody is hidden on the way to a machine", () => {
    const hidden = rules(machine).filter((line) => line.endsWith("MASQUERADE"));
    expect(hidden).toEqual([
      "-A POSTROUTING -s 10.0.0.0/24 -j MASQUERADE",
      "-A POSTROUTING -s 198.51.100.0/24 ! -d 10.0.0.0/24 -j MASQUERADE",
    ]);
  });

  it("leads a public address to its machine, in all directions", () => {
    expect(about("198.51.100.40", rules(machine))).toEqual([
      "-A PREROUTING -d 198.51.100.40 -j DNAT --to 10.0.0.10",
      "-A POSTROUTING -s 10.0.0.10 -d 198.51.100.0/24 -j SNAT --to 198.51.100.40",
      "-A POSTROUTING -s 10.0.0.10 -d 10.0.0.0/24 -m conntrack --ctstate DNAT -j SNAT --to 198.51.100.40",
    ]);
  });

  it("lets nothing to or from a machine without a public address", () => {
    expect(about("10.0.0.10", rules({ ...machine, publicIp: undefined }))).toEqual([]);
  });
});

test("by IPv6 there is a way for each rule of that family, to a machine that has it, and no other", () => {
  const six: Machine = {
    ...{ ...machine, ipv6: "2001:db8::a" },
    rules: [
      ...machine.rules,
      { direction: "in", protocol: "tcp", ports: [443, 443], peer: "::/0" },
      { direction: "in", protocol: "icmpv6", icmp: "2/0", peer: "::/0" },
      { direction: "out", protocol: "all", peer: "::/0" },
    ],
  };
  expect(routerRules6([machine, six]).split("\n").slice(1, -2)).toEqual([
    ":FORWARD DROP",
    "-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
    "-A FORWARD -s ::/0 -d 2001:db8::a -p tcp --dport 443:443 -j ACCEPT",
    "-A FORWARD -s ::/0 -d 2001:db8::a -p icmpv6 --icmpv6-type 2/0 -j ACCEPT",
    "-A FORWARD -s 2001:db8::a -d ::/0 -p all -j ACCEPT",
  ]);
  expect(rules(six)).toEqual(rules(machine));
});

test("addresses are counted from a block's start", () => {
  expect(nthAddress("2001:db8:0:100::/64", 10)).toBe("2001:db8:0:100::a");
  expect(nthAddress("10.0.255.0/23", 257)).toBe("10.1.0.1");
  expect(freeAddress("10.0.0.0/24", 2, ["10.0.0.2", "10.0.0.4"])).toBe("10.0.0.3");
});
