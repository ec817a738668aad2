import type { CloudflareZoneArgs } from "../../components/dns/cloudflare-zone";
import type { RecordSpec } from "../../components/dns/zone";
import { answerAs, type Options } from "../support/cloud";
import { type Engine, mockEngine } from "../support/mocks";

const zoneId = "0123456789abcdef0123456789abcdef";
const recordType = "cloudflare:index/dnsRecord:DnsRecord";
const records: RecordSpec[] = [
  { name: "chat.example.org", type: "A", content: "198.51.100.7" },
  { name: "chat.example.org", type: "AAAA", content: "2001:db8::7" },
  { name: "groups.chat.example.org", type: "CNAME", content: "chat.example.org" },
];

/** What stands in the zone already. */
let existing: { id: string; name: string; type: string; content: string }[];
/** The zone's name; in a plan without an account nobody knows it. */
let zoneName: string | undefined;
let asked: string[];
let refused: string | undefined;
/** Whether nobody answers at all. */
let silent: boolean;

let engine: Engine;
let options: Record<string, Options>;

const cloud = {
  made: {},
  asked: {
    "cloudflare:index/getZone:getZone": (query: { zoneId?: string; filter?: { name: string } }) => {
      asked.push(query.zoneId ?? query.filter?.name ?? "");
      if (silent) return new Promise(() => undefined);
      if (refused) throw Object.assign(new Error(), { details: refused });
      return { zoneId, name: zoneName };
    },
    "cloudflare:index/getDnsRecords:getDnsRecords": (query: {
      zoneId: string;
      name: { exact: string };
    }) => ({
      results: existing.filter(({ name }) => query.zoneId === zoneId && name === query.name.exact),
    }),
  },
};

beforeEach(() => {
  [existing, asked, zoneName, refused, silent] = [[], [], "example.org", undefined, false];
});

async function make(args: CloudflareZoneArgs): Promise<void> {
  engine = await mockEngine();
  options = answerAs(cloud);
  await engine.run(() => {
    const { cloudflareZone } =
      require("../../components/dns/cloudflare-zone") as typeof import("../../components/dns/cloudflare-zone");
    const { DnsRecords } =
      require("../../components/dns/dns-records") as typeof import("../../components/dns/dns-records");
    new DnsRecords("dns", { zone: cloudflareZone(args), records });
    return {};
  });
}

const made = () => engine.resources.filter(({ tail }) => tail.includes(recordType));
/** What is said when a record is about to be made. */
const creating = async (name: string) =>
  engine.hooks.find((hook) => hook.name === `${name}-fits`)?.callback({} as never);

describe("a zone by its id", () => {
  beforeAll(() => make({ zoneId }));

  test("has exactly these records, each below its parent", () => {
    expect(engine.resources.map(({ tail }) => tail).sort()).toEqual([
      `snikket:dns:DnsRecords$${recordType}::chat.example.org-A`,
      `snikket:dns:DnsRecords$${recordType}::chat.example.org-AAAA`,
      `snikket:dns:DnsRecords$${recordType}::groups.chat.example.org-CNAME`,
      "snikket:dns:DnsRecords::dns",
    ]);
  });

  test("keeps full names, for five minutes, and never behind the proxy", () => {
    const byName = Object.fromEntries(made().map(({ name, inputs }) => [name, inputs]));
    for (const { name, type, content } of records)
      expect(byName[`${name}-${type}`]).toEqual({
        zoneId,
        name,
        type,
        content,
        ttl: 300,
        proxied: false,
        comment: "Made by Pulumi, which undoes changes that are made here.",
      });
  });

  test("never has two records at once for one that is replaced, and finds imported ones", () => {
    for (const { name } of made())
      expect(options[name]).toMatchObject({ deleteBeforeReplace: true, orphan: true });
  });

  test("asks Cloudflare when a record is made, in the preview already, and for the zone once", async () => {
    await make({ zoneId });
    for (const { name, hooks } of made()) {
      expect(hooks).toEqual({ beforeCreate: [`${name}-fits`] });
      expect(await creating(name)).toBeUndefined();
    }
    expect(asked).toEqual([zoneId]);
    expect(engine.hooks.map(({ opts }) => opts)).toEqual(Array(3).fill({ onDryRun: true }));
  });

  test("refuses a name outside the zone, and names both", async () => {
    for (const name of ["example.net", "at.example.org", "xample.org"]) {
      zoneName = name;
      await make({ zoneId });
      await expect(creating("chat.example.org-A")).rejects.toThrow(
        `chat.example.org cannot be made: the zone ${zoneId} of snikket:dns is ${name}, and the name is not in it.`,
      );
    }
    for (const name of ["chat.example.org", undefined]) {
      zoneName = name;
      await make({ zoneId });
      expect(await creating("chat.example.org-A")).toBeUndefined();
    }
  });

  test("refuses a record that is there already, with the command that takes it over", async () => {
    existing = [
      { id: "f00d", name: "chat.example.org", type: "A", content: "198.51.100.99" },
      { id: "beef", name: "groups.chat.example.org", type: "A", content: "198.51.100.99" },
    ];
    await expect(creating("chat.example.org-A")).rejects.toThrow(
      `chat.example.org has a record at Cloudflare already: A 198.51.100.99. If it may be changed, take it over with: npx pulumi import --generate-code=false ${recordType} chat.example.org-A ${zoneId}/f00d; then run this again.`,
    );
    await expect(creating("groups.chat.example.org-CNAME")).rejects.toThrow(
      `npx pulumi import --generate-code=false ${recordType} groups.chat.example.org-CNAME ${zoneId}/beef; then`,
    );
    expect(await creating("chat.example.org-AAAA")).toBeUndefined();
  });

  test("names all that are in the way", async () => {
    existing = [
      { id: "f00d", name: "chat.example.org", type: "A", content: "198.51.100.98" },
      { id: "beef", name: "chat.example.org", type: "A", content: "198.51.100.99" },
    ];
    await expect(creating("chat.example.org-A")).rejects.toThrow(
      /already: A 198\.51\.100\.98, A 198\.51\.100\.99\. .*\/f00d and delete the others at dash/,
    );
  });

  test.each(["MX", "TXT", "NS"])("lets a record of type %s be", async (type) => {
    existing = [{ id: "f00d", name: "chat.example.org", type, content: "whatever" }];
    expect(await creating("chat.example.org-A")).toBeUndefined();
    existing = [{ id: "f00d", name: "groups.chat.example.org", type, content: "whatever" }];
    expect(await creating("groups.chat.example.org-CNAME")).toBeUndefined();
  });

  test("says what to look at where Cloudflare shows nothing", async () => {
    await make({ zoneId });
    refused = "403 Forbidden, Invalid access token\n";
    await expect(creating("chat.example.org-A")).rejects.toThrow(
      `Cloudflare does not show the zone ${zoneId} of snikket:dns: 403 Forbidden, Invalid access token. Is that its id or its name, and may the token in cloudflare:apiToken`,
    );
  });
});

test("a look at the zone has an end, though the engine passes it on no more", async () => {
  await make({ zoneId });
  silent = true;
  jest.useFakeTimers();
  try {
    const said = creating("chat.example.org-A")?.then(String, String);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(await said).toMatch(
      /within 60 s whether chat\.example\.org has a record .* something else/,
    );
  } finally {
    jest.useRealTimers();
  }
});

test("a zone is found by its name, once", async () => {
  await make({ zone: "example.org" });
  for (const { name } of made()) expect(await creating(name)).toBeUndefined();
  expect(made().map(({ inputs }) => inputs.zoneId)).toEqual([zoneId, zoneId, zoneId]);
  expect(asked).toEqual(["example.org"]);
});
