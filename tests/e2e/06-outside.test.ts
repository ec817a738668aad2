import { relayRange, snikketPorts } from "../../components/snikket/ports";
import { address } from "../../sandbox/settings";
import { answerEvery, byIpv6, openTcp, openUdp, withoutIpv6 } from "../support/attack-scan";
import { bringUp, onMachine } from "../support/e2e";

beforeAll(() => bringUp({ settings: "any" }));

describe("from outside, a machine without any firewall", () => {
  const table = snikketPorts({ turnPorts: relayRange(10), proxy65Port: 5000 });
  const inTable = (protocol: string) => (port: number) =>
    table.some((row) => row.protocol === protocol && row.from <= port && port <= row.to);
  /** SSH, and Snikket's own port for apps that begin with TLS: docs/security.md tells of it. */
  const besides = [22, 5223];
  /** coturn asks for the machine's addresses when it starts, and there was no IPv6 then. */
  const relay = 3478;
  /** A listener that nobody expects, which must be found. */
  const probe = 40_000;
  const listen = `systemd-run --quiet --unit probe --property StandardInput=file:/dev/null \
    python3 -c 'import signal, socket
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(("::", ${probe}))
signal.pause()'; sleep 1`;

  beforeAll(() => onMachine(listen));
  afterAll(() => onMachine(`systemctl stop probe; ${withoutIpv6}`));

  describe.each([
    ["IPv4", async () => address("machine"), [relay, probe]],
    ["IPv6", byIpv6, [probe]],
  ] as const)("by %s", (version, find, udp) => {
    let there: string;

    beforeAll(async () => {
      there = await find();
    });

    it("answers by TCP at what the table lists, of all 65,535 ports", async () => {
      const open = await openTcp(there);
      expect(open.filter((port) => !inTable("tcp")(port))).toEqual(besides);
      const always = table
        .filter(({ protocol, listens }) => protocol === "tcp" && listens === "always")
        .map(({ from }) => from);
      const silent = always.filter((port) => !open.includes(port));
      expect(silent).toEqual(version === "IPv6" ? [relay] : []);
    });

    it("answers by UDP at what the table lists, of all 65,535 ports", async () => {
      const open = await answerEvery(() => openUdp(there));
      expect(open.filter((port) => port === relay || !inTable("udp")(port))).toEqual(udp);
    });
  });

  it("has no other listener on an address that others reach", async () => {
    const listeners = (await onMachine("ss -Hlntu | awk '{print $1, $5}'")).split("\n");
    const others = listeners.flatMap((line) => {
      const [, protocol = "", host = "", port] = /^(\S+) (.*):(\d+)$/.exec(line) ?? [];
      const local = /^(127\.|\[::1\])/.test(host);
      return local || inTable(protocol)(Number(port)) ? [] : [`${protocol} ${port}`];
    });
    expect([...new Set(others)].sort()).toEqual(["tcp 22", "tcp 5223", `udp ${probe}`]);
  });
});
