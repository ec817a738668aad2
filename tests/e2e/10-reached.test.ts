import { Resolver } from "node:dns/promises";
import { existsSync } from "node:fs";
import * as path from "node:path";
import { openTcp as openTcpChannel } from "../../components/snikket/probes/stun-channel";
import { verify } from "../../components/snikket/verify";
import { address, checkout, containerName, domain, zone } from "../../sandbox/settings";
import { openTcp, passedUdp } from "../support/attack-scan";
import { type Ended, expectDone, onMachine, server } from "../support/e2e";
import { answers, bringUpCloud, ipv4 as firstIpv4, inConsole } from "../support/e2e-cloud";
import { portTable as ports } from "../support/e2e-cloud-machine";
import {
  documentedEnd,
  documentedNext,
  familyOf,
  firstFamily,
  hostWith,
  outputsOf,
} from "../support/e2e-families";
import { addresses, bringIpv6 } from "../support/e2e-ipv6";
import { deployed, steps } from "../support/e2e-steps";
import { relayed } from "../support/relayed";

const name = "six";
const own = `${name}.${zone}`;
const file = path.join(checkout, "stacks", `Pulumi.${name}.yaml`);
const family = familyOf(own, { env: { PULUMI_STACK: name } }, file);
const machineOf = (whose: string) => containerName(`snikket-${whose.replaceAll(".", "-")}`);
const on = (script: string, whose = own) => onMachine(script, { name: machineOf(whose) });

const named = (whose: string) =>
  on(`docker exec snikket snikket-turn-addresses ${whose} 2>/dev/null`, whose);

beforeAll(() => bringUpCloud("oracle"));

it("a family without IPv6 has calls relayed at the reserved IPv4 address, and no record of another", async () => {
  const { turn } = deployed(await steps());
  const relay = await relayed({ domain, ipv4: firstIpv4, ports }, turn);
  expect(relay?.address).toBe(firstIpv4);
  expect(await named(domain)).toMatch(new RegExp(`^${firstIpv4}/10\\.`));
  await expect(records(domain, "AAAA")).rejects.toThrow("ENODATA");
});

function records(whose: string, type: "A" | "AAAA") {
  const resolver = new Resolver();
  resolver.setServers([address("dns")]);
  return resolver.resolve(whose, type);
}

describe("a family with host.ipv6", () => {
  let first: Ended;
  let ipv4: string;
  let ipv6: string;
  /** What the product's probes are told to look at it by IPv6 alone. */
  let byIpv6: Parameters<typeof verify>[0];

  beforeAll(async () => {
    await bringIpv6();
    const [init = [], setDomain = [], up = []] = documentedNext(name);
    const ipv6On = ["config", "set", "--path", "snikket:host.ipv6", "true"];
    for (const args of [init, setDomain, ipv6On]) expectDone(await family.pulumi(args));
    first = await family.pulumi(up);
    expectDone(first);
    ({ ipv4 = "" } = await outputsOf(family));
    ipv6 = String(inConsole("oci", "ipv6:Ipv6").outputs.ipAddress);
    byIpv6 = { domain: own, ipv4: ipv6, acmeRoots: server().acmeRoot, ports };
  });

  it("is brought up with an address of its own, and records of both", async () => {
    expect([await records(own, "A"), await records(own, "AAAA")]).toEqual([[ipv4], [ipv6]]);
    expect(ipv4).not.toBe(firstIpv4);
    expect(first.output).toContain(`all three names give ${ipv4} and ${ipv6} at`);
    expect(first.output).toContain(`${ipv6} answers on every TCP port`);
    expect(await on("ip -6 -oneline address show dev eth0 scope global")).toContain(`${ipv6}/128`);
  });

  it("had its certificate's challenges fetched by IPv6", async () => {
    const log = await on("docker logs snikket-proxy 2>&1");
    expect(log).toMatch(
      new RegExp(`^${addresses.acme} .*"GET /.well-known/acme-challenge/\\S+ HTTP/1.1" 200 `, "m"),
    );
  });

  it("answers by IPv6 every question by TCP that up asked by IPv4", async () => {
    const only = ["http", "certificate", "portal", "xmpp", "client", "server", "files"] as const;
    const results = await verify({ ...byIpv6, only: [...only] });
    expect(results.filter(({ ok, note }) => !ok || note)).toEqual([]);
    expect(results.map((result) => result.name)).toEqual(only);
  });

  describe("lets in", () => {
    const listening = ports.filter(({ listens }) => listens === "always");

    it("by IPv6 and TCP what the port table lists, of all 65,535 ports, and not SSH", async () => {
      // A router answers for its machines after most of a second, and the sweep waits for no port longer.
      expect(await answers("peer", "tcp", `[${ipv6}]:443`)).toBe(true);
      const open = (await openTcp(ipv6)).map((port) => `tcp ${port}`);
      const inTable = ports.map(({ protocol, from }) => `${protocol} ${from}`);
      expect(open.filter((port) => !inTable.includes(port))).toEqual([]);
      const tcp = listening.filter(({ protocol }) => protocol === "tcp");
      expect(open).toEqual(expect.arrayContaining(tcp.map(({ from }) => `tcp ${from}`)));
    });

    it.each(listening.filter(({ protocol }) => protocol === "udp"))(
      "by IPv6 and UDP what the port table lists: $name",
      async ({ from }) => expect(await answers("peer", "udp", `[${ipv6}]:${from}`)).toBe(true),
    );

    it.each(["IPv4", "IPv6"])(
      "nothing but what the port table lists, of all 65,535 ports by UDP and %s, and all of that",
      async (way) => {
        const wanted = ports
          .filter(({ protocol }) => protocol === "udp")
          .flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
        const passed = await passedUdp(way === "IPv4" ? ipv4 : ipv6, machineOf(own));
        expect(passed).toEqual(wanted.sort((one, other) => one - other));
      },
    );

    it("nothing by IPv6 at a port that is not listed, though something listens there", async () => {
      await on(`systemd-run --quiet --unit unlisted python3 -m http.server --bind :: 8080
        timeout 10 bash -c 'until ss -Hltn "sport = :8080" | grep -q .; do sleep 0.1; done'`);
      expect(await answers("cloud", "tcp", `[${ipv6}]:8080`)).toBe(true);
      expect(await answers("peer", "tcp", `[${ipv6}]:8080`)).toBe(false);
      await on("systemctl stop unlisted");
    });
  });

  it("has calls relayed at the reserved IPv4 address, both ways, whichever way one comes", async () => {
    expect(first.output).toMatch(new RegExp(`relays at ${ipv4}:\\d+, both ways`));
    const { turn } = deployed(await steps(family.pulumi));
    expect((await relayed({ ...byIpv6, ipv4 }, turn))?.address).toBe(ipv4);
    // With more addresses than one it would take turns.
    for (let asked = 0; asked < 6; asked++)
      expect((await relayed(byIpv6, turn, openTcpChannel))?.address).toBe(ipv4);
  });

  it("would have them relayed at the IPv6 address alone, where nobody told the server better", async () => {
    expect(await named(own)).toMatch(new RegExp(`^${ipv4}/10\\.`));
    const image = "$(docker inspect --format {{.Config.Image}} snikket)";
    const asItComes = `docker run --rm --network host --entrypoint snikket-turn-addresses ${image}`;
    expect(await on(`${asItComes} ${own} 2>/dev/null`)).toBe(ipv6);
  });

  it("is not changed by another up, and changes no other family", async () => {
    const unchanged = ["up", "--yes", "--skip-preview", "--expect-no-changes"];
    expectDone(await family.pulumi(unchanged));
    expectDone(await firstFamily(domain).pulumi(unchanged));
  });

  it("leaves nothing when it goes as documented", async () => {
    for (const args of documentedEnd())
      expectDone(await family.pulumi(args, hostWith({ protectMachine: false, ipv6: true })));
    expect(() => inConsole("oci", "ipv6:Ipv6")).toThrow("there is no");
    expect(existsSync(file)).toBe(false);
    await expect(records(own, "AAAA")).rejects.toThrow("ENOTFOUND");
  });
});
