import { randomBytes } from "node:crypto";
import { account, address, inHome } from "../../sandbox/settings";
import { keep, type Resource } from "../../sandbox/stand-ins/store";
import { type Ended, expectDone } from "../support/e2e";
import {
  answering,
  bringUpCloud,
  deleteInConsole,
  type Failure,
  inConsoles,
  letFail,
} from "../support/e2e-cloud";
import { expectPlainWords, hostWith, outputsOf } from "../support/e2e-families";
import { standBetween } from "../support/e2e-in-between";
import { expectNoEmptyServer } from "../support/e2e-lost";
import { documentedStart, type Newcomer, newcomer } from "../support/e2e-newcomer";

const up = ["up", "--yes", "--skip-preview"];
const { zoneId } = account;
/** As the real plugin has it. */
const fromOracle = (words: string, service: string) =>
  `${words}\nSuggestion: Please retry or contact support for help with service: ${service}\nDocumentation: https://registry.terraform.io/providers/oracle/oci/latest/docs\nProvider version: 7.20.0, released on 2025-09-24.\nService: ${service}`;
const fromCloudflare = (code: number, message: string) =>
  `403 Forbidden {"success":false,"errors":[{"code":${code},"message":"${message}"}]}`;

let family: Newcomer;

beforeAll(async () => {
  await bringUpCloud("oracle");
  family = await newcomer("oracle");
});
afterEach(() => letFail());

const ids = () => inConsoles().map(({ id }) => id);

/** What such a stack is answered; nothing is made of it. */
async function refused(args: string[], changes?: Record<string, unknown>): Promise<Ended> {
  const before = ids();
  const ended = await family.pulumi(args, changes);
  expect(ended.code).not.toBe(0);
  expectPlainWords(ended);
  expect(ids()).toEqual(before);
  return ended;
}

interface Row {
  name: string;
  fails?: Failure;
  changes?: () => Record<string, unknown>;
  says: string[];
}

const always = (when: string, error: string): Failure => ({ when, error, times: 99 });
const nowhere = "ocid1.compartment.oc1..nowhere";
const noRegion = "eu-nowhere-1";

describe("a preview", () => {
  it.each<Row>([
    {
      name: "an API key that Oracle does not know",
      fails: always(
        "read oci:",
        fromOracle(
          "401-NotAuthenticated, The required information to complete authentication was not provided or was incorrect.",
          "Identity Availability Domains",
        ),
      ),
      says: [
        "Oracle does not accept who asks: 401-NotAuthenticated, The required information",
        "Is the API key of ~/.oci/config (or of oci:privateKey) still in the console",
      ],
    },
    {
      name: "a compartment that is not there",
      changes: () => hostWith({ compartmentId: nowhere }),
      says: [
        `Oracle shows no compartment ${nowhere} in`,
        "404-NotAuthorizedOrNotFound",
        "Set snikket:host.compartmentId",
      ],
    },
    {
      name: "a region that is not there",
      fails: always(
        "read oci:",
        `Get "https://identity.${noRegion}.oci.oraclecloud.com/20160918/availabilityDomains": dial tcp: lookup identity.${noRegion}.oci.oraclecloud.com on 127.0.0.53:53: no such host`,
      ),
      changes: () => hostWith({ region: noRegion }),
      says: [
        `snikket:host.region is ${noRegion}, which is not known here`,
        `Oracle is not found in ${noRegion}: Get "https://identity.${noRegion}`,
        "no such host. Set snikket:host.region to what stands at the top of Oracle's console",
      ],
    },
    {
      name: "a shape of which Oracle has no image",
      fails: answering("oci:Core/getImages", { images: [] }),
      says: [
        "Oracle has no image of Ubuntu 24.04 for the shape VM.Standard.",
        "Set snikket:host.ubuntu to another release, or snikket:host.shape to VM.Standard.",
      ],
    },
    {
      name: "a region that is not the tenancy's home",
      fails: answering("oci:Identity/getRegionSubscriptions", {
        regionSubscriptions: [{ regionName: "uk-london-1", isHomeRegion: true }],
      }),
      says: ["free only in the tenancy's home region, uk-london-1; set that, or allowPaid: true"],
    },
    {
      name: "questions that are too many for Oracle",
      fails: always(
        "read oci:",
        fromOracle("429-TooManyRequests, Too many requests for the user", "Core Images"),
      ),
      says: ["Oracle has no answer for now: 429-TooManyRequests", "run this again in some minutes"],
    },
    {
      name: "a token that Cloudflare does not know",
      fails: always("read cloudflare:", fromCloudflare(9109, "Invalid access token")),
      says: [
        `Cloudflare does not show the zone ${zoneId} of snikket:dns: 403 Forbidden`,
        "cloudflare:apiToken",
      ],
    },
    {
      name: "such a token, where the zone is given by its name",
      fails: always("read cloudflare:", fromCloudflare(9109, "Invalid access token")),
      changes: () => ({ dns: { provider: "cloudflare", zone: "family.example" } }),
      says: ["Cloudflare does not show the zone family.example of snikket:dns: 403 Forbidden"],
    },
    {
      name: "a token that may not see records",
      fails: always("getDnsRecords", fromCloudflare(10000, "Authentication error")),
      says: [`Cloudflare does not show the zone ${zoneId}`, "edit its DNS?"],
    },
    {
      name: "a domain of another zone",
      changes: () => ({ domain: "chat.neighbours.example" }),
      says: [
        `chat.neighbours.example cannot be made: the zone ${zoneId} of snikket:dns is family.example`,
      ],
    },
  ])("refuses $name, and says what to do", async ({ fails, changes, says }) => {
    if (fails) letFail(fails);
    const { output } = await refused(["preview"], changes?.());
    for (const words of says) expect(output).toContain(words);
  });

  it("says where Oracle and Cloudflare are told who asks, where nobody does", async () => {
    const before = ids();
    const [, , token = ""] = documentedStart();
    expectDone(await family.run("npx pulumi config rm cloudflare:apiToken"));
    const ended = await family.run("npx pulumi preview", "", { HOME: inHome("e2e", "nobody") });
    expectDone(await family.run(token, account.apiToken));
    expect(ended.code).not.toBe(0);
    expectPlainWords(ended);
    expect(ids()).toEqual(before);
    for (const words of [
      "no credentials for Oracle Cloud: save the API key's configuration",
      "as ~/.oci/config, or set oci:tenancyOcid, oci:userOcid, oci:fingerprint and oci:privateKey",
      "cloudflare:apiToken is missing; make a token",
      "npx pulumi config set --secret cloudflare:apiToken, or set the variable CLOUDFLARE_API_TOKEN",
    ])
      expect(ended.output).toContain(words);
  });
});

describe("an up that a cloud breaks off", () => {
  const recordType = "cloudflare:index/dnsRecord:DnsRecord";
  const lost = (type: string): Failure => ({
    when: `answer to create ${type}`,
    error: "504 Gateway Timeout: the answer was lost on its way",
  });
  const noRoom = { when: "room in", error: "OUT_OF_HOST_CAPACITY", times: 3 };
  /** Before the tenancy's limit was reached. */
  let made: string[];

  async function broken(...failures: Failure[]): Promise<Ended> {
    letFail(...failures);
    const ended = await family.pulumi(up);
    letFail();
    expect(ended.code).not.toBe(0);
    expectPlainWords(ended);
    return ended;
  }

  /** Runs the command that an error tells to run. */
  async function takeOver({ output }: Ended): Promise<void> {
    const [, command = ""] = /take it over with: npx pulumi (import [^;]+);/.exec(output) ?? [];
    expectDone(await family.pulumi(command.split(" ")));
  }

  /** What is called after the family in Oracle's console. */
  function called(type: string): Resource[] {
    const label = `snikket-${family.domain.replaceAll(".", "-")}`;
    return inConsoles().filter(
      ({ type: of, outputs }) => of.endsWith(`:${type}`) && outputs.displayName === label,
    );
  }

  /** What a person deletes there: its stack does not know it. */
  async function unknown(type: string): Promise<Resource> {
    const { stdout } = await family.pulumi(["stack", "--show-ids"]);
    const [found, ...others] = called(type).filter(({ id }) => !stdout.includes(id));
    expect(others).toEqual([]);
    return found as Resource;
  }

  it("made a record whose answer was lost: the next one has it taken over", async () => {
    const before = ids();
    expect((await broken(lost(recordType))).output).toContain("504 Gateway Timeout");
    const next = await refused(["up", "--yes"]);
    const made = inConsoles().filter(({ id, type }) => type === recordType && !before.includes(id));
    expect(made.some(({ id }) => next.output.includes(`${zoneId}/${id};`))).toBe(true);
    await takeOver(next);
  });

  it("finds a record that leads elsewhere: it is taken over and changed", async () => {
    const place = { zoneId, name: family.domain, type: "A", content: address("peer") };
    const record = { type: recordType, id: randomBytes(16).toString("hex"), inputs: place };
    keep("cloudflare", { ...record, outputs: { ...place, id: record.id, ttl: 1, proxied: true } });
    const ended = await refused(["up", "--yes"]);
    expect(ended.output).toContain(
      `${family.domain} has a record at Cloudflare already: A ${address("peer")}.`,
    );
    await takeOver(ended);
  });

  it("finds that the tenancy may have no more addresses: what was made stays, and the next one goes on", async () => {
    const error = fromOracle(
      "400-LimitExceeded, The following service limits were exceeded: reserved-public-ip-count.",
      "Core Public Ip",
    );
    const before = ids();
    const ended = await broken({ when: "create oci:Core/publicIp", error }, noRoom);
    expect(ended.output).toContain("400-LimitExceeded");
    made = inConsoles()
      .filter(({ id, type }) => !before.includes(id) && !type.includes("CapacityReport"))
      .map(({ id }) => id);
    expect(made.length).toBeGreaterThan(5);
  });

  it("made an address whose answer was lost: the next one goes on when that is deleted", async () => {
    await broken(lost("oci:Core/publicIp"), noRoom);
    expect((await broken(noRoom)).output).toContain("409-Conflict");
    deleteInConsole("oci", await unknown("PublicIp"));
  });

  it("finds no room: it is asked again as long as that is wanted, and the end says what else to do", async () => {
    letFail({ ...noRoom, times: 99 });
    const ended = await family.run("npm run up -- --wait-for-capacity 1m");
    letFail();
    expect(ended.code).toBe(1);
    expectPlainWords(ended);
    const [first = "", second = "", ...others] = ended.output.split(/^Oracle has no room yet: /m);
    expect(others).toEqual([]);
    expect(second).toMatch(/^the next attempt is at \d\d:\d\d, and none after \d\d:\d\d\.\n/);
    for (const attempt of [first, second]) {
      expect(attempt).toMatch(/Oracle has no room now[\s\S]*Or set\s+snikket:host\.shape to/);
      expect(attempt).toContain("Resources:");
    }
    expect(second).toContain(
      "\nThe time is over, and Oracle has no room yet. Run it again whenever",
    );
    // The minute, and one attempt after it.
    expect(ended.seconds).toBeGreaterThan(60);
    expect(ended.seconds).toBeLessThan(5 * 60);
  });

  it("made a machine whose answer was lost: the next one makes no second one, and says how to go on", async () => {
    await broken(lost("oci:Core/instance"));
    const { output } = await broken();
    const machine = await unknown("Instance");
    expect(output).toContain(
      `oci compute instance terminate --preserve-boot-volume false --instance-id ${machine.id};`,
    );
    deleteInConsole("oci", machine);
  });

  it("finds somebody else at the machine's address when it first comes there: they are sent nothing", async () => {
    const address = String(called("PublicIp")[0]?.outputs.ipAddress);
    const stranger = await standBetween(address);
    try {
      const { output } = await broken();
      expect(output).toContain(
        `ubuntu@${address} port 22 shows another host key than the configured one. Nothing was sent.`,
      );
      expect(output).toContain("or if it is from a cloud");
      const heard = await stranger.heard();
      expect(heard).toContain("Connection from");
      expect(heard).not.toMatch(/userauth|Accepted|Failed/);
    } finally {
      await stranger.leave();
    }
    expectDone(await family.pulumi(up));
    const { ipv4 } = await outputsOf(family);
    const led = inConsoles().find(
      ({ outputs: { name, type } }) => name === family.domain && type === "A",
    );
    expect(led?.outputs).toMatchObject({ content: ipv4, proxied: false });
    expect(ids()).toEqual(expect.arrayContaining(made));
  });

  it("made a volume that somebody deleted: the next one makes no empty server unasked", () =>
    expectNoEmptyServer(family));
});
