import { Resolver } from "node:dns/promises";
import { dnsProbe } from "../../../components/snikket/probes/dns";
import { dnsServer, type Zone } from "../../support/dns-server";
import { closeServers, requestFor, udpServer } from "../../support/servers";

const [chat, groups, share] = [
  "chat.family.test",
  "groups.chat.family.test",
  "share.chat.family.test",
];
const machine = "198.51.100.20";
const right: Zone = {
  [chat]: [["A", machine]],
  [groups]: [["CNAME", chat]],
  [share]: [["CNAME", chat]],
};

afterEach(closeServers);

async function look(zones: Zone[], rest = {}) {
  const nameservers = await Promise.all(zones.map(dnsServer));
  return dnsProbe(requestFor({}, { ipv4: machine, nameservers, ...rest }));
}

test("is content with CNAMEs", async () => {
  const result = await look([right]);
  expect(result).toMatchObject({ name: "dns", ok: true });
  expect(result.saw).toMatch(/^all three names give 198\.51\.100\.20 at 127\.0\.0\.1:\d+$/);
});

test("is content with A records in place of CNAMEs", async () => {
  const flat: Zone = {
    [chat]: [["A", machine]],
    [groups]: [["A", machine]],
    [share]: [["A", machine]],
  };
  expect(await look([flat])).toMatchObject({ ok: true });
});

const also = (name: string, ...records: [Zone[string][0], ...Zone[string]]): Zone => ({
  ...right,
  [name]: records,
});
const without = (...names: string[]): Zone =>
  Object.fromEntries(Object.entries(right).filter(([name]) => !names.includes(name)));

test.each<[string, Zone, string, string]>([
  ["a missing name", without(share), `${share} has no record`, `${share}. CNAME ${chat}.`],
  [
    "a record one level too high",
    { ...without(groups), "groups.family.test": [["CNAME", chat]] },
    `${groups} has no record, but groups.family.test has it: that is the wrong level`,
    `${groups}. CNAME ${chat}.`,
  ],
  [
    "a record with the zone twice",
    { ...without(groups), [`${groups}.family.test`]: [["CNAME", chat]] },
    `${groups} has no record, but ${groups}.family.test has it: that is the wrong level`,
    `${groups}. CNAME ${chat}.`,
  ],
  [
    "another machine, said once for all names that follow it",
    also(chat, ["A", "198.51.100.99"]),
    `${chat} gives 198.51.100.99, which is not this machine`,
    `${chat}. A ${machine}`,
  ],
  [
    "a second address",
    also(share, ["A", machine], ["A", "198.51.100.99"]),
    `${share} gives also 198.51.100.99, which is not this machine`,
    `${share}. CNAME ${chat}.`,
  ],
  [
    "an orange cloud",
    also(groups, ["A", "104.21.3.4"], ["A", "172.67.1.2"]),
    `${groups} leads to Cloudflare's proxy ("orange cloud")`,
    `${groups}. set to "DNS only" (grey cloud): chat and calls do not pass that proxy`,
  ],
  [
    "a stale AAAA record",
    also(chat, ["A", machine], ["AAAA", "2001:db8::9"]),
    `${chat} has a stale AAAA record (2001:db8::9), which is not this machine`,
    `${chat}. without AAAA 2001:db8::9`,
  ],
])("fails on %s", async (_, zone, saw, remedy) => {
  expect(await look([zone])).toEqual({
    name: "dns",
    ok: false,
    saw,
    remedy: `put this into the zone, then run \`pulumi up\` again:\n${remedy}`,
  });
});

test("wants the AAAA record of a machine with IPv6, in any spelling", async () => {
  const rest = { ipv6: "2001:DB8:0::0020" };
  expect(await look([also(chat, ["A", machine], ["AAAA", "2001:db8::20"])], rest)).toMatchObject({
    ok: true,
  });
  expect(await look([right], rest)).toMatchObject({ ok: false });
});

test("names the server that is behind the others", async () => {
  const result = await look([right, without(share)]);
  expect(result.saw).toMatch(new RegExp(`^${share} has no record \\(at 127\\.0\\.0\\.1:\\d+\\)$`));
});

test("follows a CNAME that the server answers without its target", async () => {
  const zone: Zone = {
    ...right,
    [groups]: [["CNAME", "other.test"]],
    "other.test": [["A", machine]],
  };
  expect(await look([zone])).toMatchObject({ ok: true });
});

test("ends at a loop of CNAMEs", async () => {
  const result = await look([
    { ...right, [share]: [["CNAME", "a.test"]], "a.test": [["CNAME", share]] },
  ]);
  expect(result).toMatchObject({ ok: false, saw: `${share} has no record` });
});

test("lists everything that is wrong at once", async () => {
  const result = await look([{}]);
  expect(result.saw.split("; ")).toHaveLength(3);
  expect(result.remedy?.split("\n")).toEqual([
    "put this into the zone, then run `pulumi up` again:",
    `${chat}. A ${machine}`,
    `${groups}. CNAME ${chat}.`,
    `${share}. CNAME ${chat}.`,
  ]);
});

test("tells a name server that does not know the domain from one that is silent", async () => {
  const refusing = await udpServer((query) =>
    Buffer.concat([query.subarray(0, 2), Buffer.from([0x80, 0x05]), query.subarray(4)]),
  );
  const nameservers = [`127.0.0.1:${refusing}`];
  expect(await dnsProbe(requestFor({}, { nameservers }))).toMatchObject({
    ok: false,
    saw: `no name server answers: 127.0.0.1:${refusing} (EREFUSED)`,
    remedy: expect.stringContaining("they do not know this domain"),
  });
});

describe("without configured name servers", () => {
  const asked: string[] = [];
  const known = (zone: string, servers: string[]) =>
    jest.spyOn(Resolver.prototype, "resolveNs").mockImplementation(async (name) => {
      asked.push(name);
      if (name === zone) return servers;
      throw Object.assign(new Error("no data"), { code: "ENODATA" });
    });

  beforeEach(() => asked.splice(0));
  afterEach(() => jest.restoreAllMocks());

  test("asks those of the nearest zone above the domain", async () => {
    known("family.test", [await dnsServer(right)]);
    expect(await look([], { nameservers: undefined })).toMatchObject({ ok: true });
    expect(asked).toEqual([chat, "family.test"]);
  });

  test("fails if there is no such zone", async () => {
    known("elsewhere.test", []);
    const result = await look([], { nameservers: undefined });
    expect(result).toMatchObject({
      ok: false,
      saw: `no name server is known for ${chat} or any name above it`,
      remedy: expect.stringContaining("snikket:nameservers"),
    });
  });
});
