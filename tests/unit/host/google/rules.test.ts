import fc from "fast-check";
import { firewallRules } from "../../../../components/host/google/rules";
import { relayRange, snikketPorts } from "../../../../components/snikket/ports";

const ports = snikketPorts({ turnPorts: relayRange(10), proxy65Port: 5000 });
const tcp = ["80", "443", "5222", "5269", "5000", "3478", "3479", "5349-5350"];
const udp = ["3478", "3479", "5349-5350", "49152-49195"];
const lines = (rules: ReturnType<typeof firewallRules>) =>
  rules.map(({ purpose, allows, sourceRanges }) => [
    purpose,
    ...allows.flatMap(({ protocol, ports }) => [protocol, ports.join(" ")]),
    sourceRanges.join(" "),
  ]);

test("opens exactly the port table to everybody, and SSH to those named", () => {
  const sshFrom = ["198.51.100.7/32", "2001:db8::/64", "198.51.100.64/26"];
  expect(lines(firewallRules({ ports, sshFrom, ipv6: false }))).toEqual([
    ["tcp", "tcp", tcp.join(" "), "0.0.0.0/0"],
    ["udp", "udp", udp.join(" "), "0.0.0.0/0"],
    ["ssh", "tcp", "22", "198.51.100.7/32 198.51.100.64/26"],
  ]);
});

test("opens the same by IPv6, in rules of their own", () => {
  const sshFrom = ["198.51.100.7/32", "2001:db8::/64"];
  expect(lines(firewallRules({ ports, sshFrom, ipv6: true }))).toEqual([
    ["tcp", "tcp", tcp.join(" "), "0.0.0.0/0"],
    ["udp", "udp", udp.join(" "), "0.0.0.0/0"],
    ["ssh", "tcp", "22", "198.51.100.7/32"],
    ["tcp-ipv6", "tcp", tcp.join(" "), "::/0"],
    ["udp-ipv6", "udp", udp.join(" "), "::/0"],
    ["ssh-ipv6", "tcp", "22", "2001:db8::/64"],
  ]);
});

test("never has a rule without ports or sources, which to Google is one for all", () => {
  const row = fc.record({
    name: fc.string(),
    protocol: fc.constantFrom("tcp" as const, "udp" as const),
    from: fc.constant(80),
    to: fc.constant(81),
    reason: fc.string(),
  });
  const block = fc.constantFrom("198.51.100.7/32", "2001:db8::/64");
  fc.assert(
    fc.property(fc.array(row), fc.array(block), fc.boolean(), (ports, sshFrom, ipv6) => {
      for (const { allows, sourceRanges } of firewallRules({ ports, sshFrom, ipv6 })) {
        expect(sourceRanges).not.toEqual([]);
        expect(allows.map(({ ports }) => ports.length)).not.toContain(0);
      }
    }),
  );
});
