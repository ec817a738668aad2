import { ipv6Probe } from "../../../components/snikket/probes/ipv6";
import { verify } from "../../../components/snikket/verify";
import { closedPort, closeServers, requestFor, tcpServer } from "../../support/servers";

afterEach(closeServers);

/** The probe takes any address: every computer that runs tests has this one. */
const ipv6 = "127.0.0.1";
const silent = () => tcpServer(() => undefined);

test("every TCP port of the table that always listens is dialled, and no other", async () => {
  const ports = { https: await silent(), "xmpp-client": await silent(), "turn-udp": 9 };
  expect(await ipv6Probe(requestFor(ports, { ipv6 }))).toEqual({
    ...{ name: "ipv6", ok: true },
    saw: "127.0.0.1 answers on every TCP port",
  });
});

test("a port that does not answer is warned of, and named", async () => {
  const closed = await closedPort();
  const ports = { https: await silent(), "xmpp-client": closed };
  expect(await ipv6Probe(requestFor(ports, { ipv6 }))).toMatchObject({
    ...{ ok: true, note: "warn", remedy: expect.stringContaining("ip -6 address") },
    saw: `127.0.0.1 does not answer on TCP port ${closed}; apps try it first, and lose time`,
  });
});

test("a computer without IPv6 cannot look, and says so", async () => {
  // By TCP there is no way to a multicast address, from any computer.
  const request = requestFor({ https: 443 }, { ipv6: "ff02::1" });
  expect(await ipv6Probe(request)).toEqual({
    ...{ name: "ipv6", ok: true, note: "skipped" },
    saw: "this computer has no IPv6 to look with",
  });
});

test("where the machine has no IPv6, there is no such probe", async () => {
  const ports = { https: await closedPort() };
  const only = ["ipv6", "certificate"] as const;
  const names = async (rest: object) =>
    (await verify(requestFor(ports, { only: [...only], ...rest }))).map(({ name }) => name);
  expect(await names({})).toEqual(["certificate"]);
  expect(await names({ ipv6 })).toEqual(["certificate", "ipv6"]);
});
