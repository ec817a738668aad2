import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setRecords } from "../../../sandbox/records";
import { account } from "../../../sandbox/settings";
import cloudflare, { invokes } from "../../../sandbox/stand-ins/cloudflare/effects";
import type { Effects, Step } from "../../../sandbox/stand-ins/frame";
import gcp from "../../../sandbox/stand-ins/gcp/effects";
import type { Properties } from "../../../sandbox/stand-ins/model";
import oci, { invokes as ociInvokes } from "../../../sandbox/stand-ins/oci/effects";
import { forget, resources } from "../../../sandbox/stand-ins/store";

jest.mock("../../../sandbox/cloud/converge", () => ({ converge: async () => undefined }));
jest.mock("../../../sandbox/records", () => ({ setRecords: jest.fn(async () => undefined) }));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "clouds-"));
  process.env.PULUMI_HOME = path.join(folder, "home");
});
afterEach(() => rmSync(folder, { recursive: true }));

const token = { "cloudflare:config:apiToken": account.apiToken };
const step = (type: string, inputs: Properties, more: Partial<Step> = {}): Step => ({
  ...{ name: "it", type, id: "", inputs, state: {}, config: token },
  ...{ signal: new AbortController().signal, log: () => undefined, ...more },
});

const made = (effects: Record<string, Effects>, type: string, inputs: Properties) =>
  (effects[type] as Effects).create(step(type, inputs)) as Promise<Record<string, string>>;

describe("Oracle in the sandbox", () => {
  const { compartmentId } = account;
  const create = (kind: string, inputs: Properties) =>
    made(oci, `oci:Core/${kind[0]?.toLowerCase()}${kind.slice(1)}:${kind}`, inputs);
  const subnet = async () => {
    const { id: vcnId } = await create("Vcn", { compartmentId, cidrBlocks: ["10.0.0.0/24"] });
    return create("Subnet", { compartmentId, vcnId, cidrBlock: "10.0.0.0/24" });
  };
  const instance = async (inputs: Properties) =>
    create("Instance", {
      ...{ compartmentId, shape: "VM.Standard.A1.Flex", sourceDetails: {} },
      ...{ createVnicDetails: { subnetId: (await subnet()).id }, ...inputs },
    });

  it("keeps what it makes, and hands out addresses once", async () => {
    const { id: subnetId } = await subnet();
    const inside = await create("PrivateIp", { subnetId });
    expect(inside.ipAddress).toBe("10.0.0.10");
    expect((await create("PrivateIp", { subnetId })).ipAddress).toBe("10.0.0.11");
    const [one, two] = [
      await create("PublicIp", { compartmentId, privateIpId: inside.id }),
      await create("PublicIp", { compartmentId }),
    ];
    expect([one.ipAddress, two.ipAddress].map((ip) => ip?.split(".").at(-1))).toEqual(["40", "41"]);
    expect(resources("oci")).toHaveLength(6);
  });

  it("hands out IPv6 addresses once, where network and subnet have them", async () => {
    const cidrBlocks = ["10.0.0.0/24"];
    const { id: vcnId, ipv6cidrBlocks } = await create("Vcn", {
      ...{ compartmentId, cidrBlocks, isIpv6enabled: true },
    });
    const [block = ""] = ipv6cidrBlocks as unknown as string[];
    expect(block).toMatch(/^2001:db8:[0-9a-f]+:100::\/56$/);
    const { id: subnetId } = await create("Subnet", {
      ...{ compartmentId, vcnId, cidrBlock: "10.0.0.0/24", ipv6cidrBlock: "2001:db8::/64" },
    });
    const made = [await create("Ipv6", { subnetId }), await create("Ipv6", { subnetId })];
    expect(made.map(({ ipAddress }) => ipAddress)).toEqual(["2001:db8::a", "2001:db8::b"]);
    const { id: without } = await subnet();
    await expect(create("Ipv6", { subnetId: without })).rejects.toThrow(
      `400-InvalidParameter, Subnet ${without} has no ipv6cidrBlock.`,
    );
  });

  it("refuses what refers to nothing, or to another compartment", async () => {
    const vcnId = "ocid1.vcn.oc1..nowhere";
    await expect(create("Subnet", { compartmentId, vcnId })).rejects.toThrow(/^404-NotAuthorized/);
    await expect(create("Vcn", { compartmentId: "ocid1.compartment.oc1..other" })).rejects.toThrow(
      /^404-NotAuthorized/,
    );
  });

  it("binds one public address to a private one", async () => {
    const { id: subnetId } = await subnet();
    const { id: privateIpId } = await create("PrivateIp", { subnetId });
    await create("PublicIp", { compartmentId, privateIpId });
    await expect(create("PublicIp", { compartmentId, privateIpId })).rejects.toThrow(/^409-Conf/);
  });

  it("has room for what is free and no more", async () => {
    const size = (ocpus: number) => ({ shapeConfig: { ocpus, memoryInGbs: 1 } });
    await instance(size(1));
    await instance(size(1));
    await expect(instance(size(1))).rejects.toThrow("standard-a1-core-count");
    await expect(create("Volume", { compartmentId, sizeInGbs: "101" })).rejects.toThrow(
      "total-storage-gb",
    );
    await create("Volume", { compartmentId, sizeInGbs: "100" });
  });

  it("gives a machine another boot volume each time, and keeps it over an update", async () => {
    const first = await instance({});
    const type = "oci:Core/instance:Instance";
    const inputs = { ...first, displayName: "new" };
    const updated = (await oci[type]?.update(
      step(type, inputs, { id: `${first.id}`, state: first }),
    )) as Properties;
    expect(updated.bootVolumeId).toBe(first.bootVolumeId);
    expect((await instance({})).bootVolumeId).not.toBe(first.bootVolumeId);
  });

  it("sees what was deleted behind the program's back", async () => {
    const type = "oci:Core/vcn:Vcn";
    const { id = "" } = await create("Vcn", { compartmentId });
    expect(await oci[type]?.read?.(step(type, {}, { id }))).toMatchObject({ compartmentId });
    forget("oci", id);
    expect(await oci[type]?.read?.(step(type, {}, { id }))).toBeUndefined();
  });

  it("deletes nothing that others still need, but a machine with what is attached to it", async () => {
    const remove = (kind: string, { id = "" }: Record<string, string>) =>
      oci[`oci:Core/${kind}`]?.delete(step(`oci:Core/${kind}`, {}, { id }));
    const machine = await instance({});
    const volume = await create("Volume", { compartmentId, sizeInGbs: "50" });
    const bound = { instanceId: machine.id, volumeId: volume.id };
    const attachment = await create("VolumeAttachment", bound);
    await expect(remove("volume:Volume", volume)).rejects.toThrow(
      `409-Conflict, ${attachment.id} uses ${volume.id}.`,
    );
    for (const one of resources("oci").filter(({ type }) => /:(Vcn|Subnet)$/.test(type))) {
      const [, kind = ""] = one.type.split("/");
      await expect(remove(kind, { id: one.id })).rejects.toThrow(/^409-Conflict/);
    }
    await remove("instance:Instance", machine);
    await remove("volumeAttachment:VolumeAttachment", attachment);
    await remove("volume:Volume", volume);
    expect(resources("oci").map(({ type }) => type.split(":").at(-1))).toEqual(["Subnet", "Vcn"]);
  });

  it("fails on demand, as often as it is told", async () => {
    mkdirSync(path.join(folder, "cloud"), { recursive: true });
    const file = path.join(folder, "cloud", "failures.json");
    const error = "429-TooManyRequests, Too many requests for the user.";
    writeFileSync(file, JSON.stringify([{ when: "create oci:Core/vcn", error }]));
    await expect(create("Vcn", { compartmentId })).rejects.toThrow(error);
    expect(resources("oci")).toEqual([]);
    await create("Vcn", { compartmentId });
    expect(JSON.parse(readFileSync(file, "utf8"))[0].times).toBe(0);
  });

  it("loses an answer on demand: what was asked for is there", async () => {
    mkdirSync(path.join(folder, "cloud"), { recursive: true });
    const failure = { when: "answer to create oci:Core/vcn", error: "504" };
    writeFileSync(path.join(folder, "cloud", "failures.json"), JSON.stringify([failure]));
    await expect(create("Vcn", { compartmentId })).rejects.toThrow("504");
    expect(resources("oci")).toHaveLength(1);
  });

  it("fails half-way on demand: what was asked for is there, and it is said why it is not done", async () => {
    mkdirSync(path.join(folder, "cloud"), { recursive: true });
    const failure = { when: "end of create oci:Core/vcn", error: "timeout" };
    writeFileSync(path.join(folder, "cloud", "failures.json"), JSON.stringify([failure]));
    expect(await create("Vcn", { compartmentId })).toMatchObject({ halfMade: "timeout" });
    expect(resources("oci")).toHaveLength(1);
    expect((await create("Vcn", { compartmentId })).halfMade).toBeUndefined();
  });

  it("tells nothing of another compartment", () => {
    const ask = ociInvokes["oci:Core/getInstances:getInstances"];
    const question = { config: {}, resources: () => [] };
    expect(ask?.({ compartmentId }, question)).toMatchObject({ instances: [] });
    expect(() => ask?.({ compartmentId: "ocid1.compartment.oc1..other" }, question)).toThrow(
      "404-",
    );
  });
});

describe("Google in the sandbox", () => {
  const { project } = account;
  const create = (kind: string, inputs: Properties) =>
    made(gcp, `gcp:compute/${kind[0]?.toLowerCase()}${kind.slice(1)}:${kind}`, inputs);

  it("has each name once", async () => {
    const { id, selfLink } = await create("Network", { name: "chat", project });
    expect(id).toBe(`projects/${project}/global/networks/chat`);
    expect(selfLink).toBe(`https://www.googleapis.com/compute/v1/${id}`);
    await expect(create("Network", { name: "chat", project })).rejects.toThrow("Error 409");
  });

  it("refuses what refers to nothing, or to another project", async () => {
    const network = `projects/${project}/global/networks/nowhere`;
    const subnetwork = { name: "chat", project, region: "us-east1", network };
    await expect(create("Subnetwork", subnetwork)).rejects.toThrow("Error 404");
    await expect(create("Network", { name: "chat", project: "other" })).rejects.toThrow("403");
  });

  it("has room in each region for what a new project may have, and no more", async () => {
    const address = (name: string, region = "us-east1") =>
      create("Address", { name, project, region });
    const { id = "" } = await address("first");
    for (const name of "bcdefgh") await address(name);
    await expect(address("i")).rejects.toThrow(
      "googleapi: Error 403: Quota 'STATIC_ADDRESSES' exceeded.  Limit: 8.0 in region us-east1., quotaExceeded",
    );
    await address("i", "us-west1");
    forget("gcp", id);
    await address("i");
  });

  it("deletes no network, disk or address that is in use", async () => {
    const place = { project, region: "us-east1", zone: "us-east1-b" };
    const network = await create("Network", { name: "chat", project });
    const inside = { name: "chat", ...place, network: network.id, ipCidrRange: "10.0.0.0/24" };
    const subnetwork = await create("Subnetwork", inside);
    const disk = await create("Disk", { name: "data", ...place });
    const address = await create("Address", { name: "ipv4", ...place });
    const machine = await create("Instance", {
      ...{ name: "chat", ...place, attachedDisks: [{ source: disk.selfLink }] },
      networkInterfaces: [
        { subnetwork: subnetwork.id, accessConfigs: [{ natIp: address.address }] },
      ],
    });
    const remove = async (kind: string, state: Record<string, string>) => {
      const type = `gcp:compute/${kind.toLowerCase()}:${kind}`;
      await gcp[type]?.delete(step(type, {}, { id: state.id ?? "", state }));
    };
    const used = [
      ["Disk", disk],
      ["Address", address],
      ["Subnetwork", subnetwork],
      ["Network", network],
    ] as const;
    for (const [kind, state] of used)
      await expect(remove(kind, state)).rejects.toThrow("resourceInUseByAnotherResource");
    await remove("Instance", machine);
    for (const [kind, state] of used) await remove(kind, state);
    expect(resources("gcp")).toEqual([]);
  });

  it("deletes no machine that is protected there", async () => {
    const type = "gcp:compute/instance:Instance";
    const inputs = { name: "chat", deletionProtection: true };
    await expect(gcp[type]?.delete(step(type, inputs, { id: "it" }))).rejects.toThrow(
      "Deletion Protection is enabled",
    );
  });
});

describe("Cloudflare in the sandbox", () => {
  const type = "cloudflare:index/dnsRecord:DnsRecord";
  const { zoneId } = account;
  const record = { zoneId, name: "chat.family.example", type: "A", content: "198.51.100.40" };

  it("has the name server answer its records", async () => {
    await made(cloudflare, type, record);
    const { name, content: value } = record;
    expect(setRecords).toHaveBeenLastCalledWith([{ name, type: "A", value }]);
  });

  it("keeps an alias alone, and no record twice", async () => {
    await made(cloudflare, type, record);
    await expect(made(cloudflare, type, record)).rejects.toThrow("81058");
    const alias = { ...record, type: "CNAME", content: "family.example" };
    await expect(made(cloudflare, type, alias)).rejects.toThrow("81053");
  });

  it("finds an imported record by the zone's id and its own", async () => {
    const { id } = await made(cloudflare, type, record);
    const found = await cloudflare[type]?.read?.(step(type, {}, { id: `${zoneId}/${id}` }));
    expect(found).toMatchObject(record);
  });

  it("answers nobody without the token, and of no other zone", async () => {
    const ask =
      (args: Properties, config: Properties = token) =>
      async () =>
        invokes["cloudflare:index/getZone:getZone"]?.(args, { config, resources: () => [] });
    expect(await ask({ zoneId })()).toMatchObject({ zoneId, name: "family.example" });
    await expect(ask({ zoneId }, {})).rejects.toThrow("Invalid access token");
    await expect(ask({ filter: { name: "other.example" } })).rejects.toThrow("403");
    const config = { "cloudflare:config:apiToken": "wrong" };
    const { id } = await made(cloudflare, type, record);
    for (const verb of ["create", "update", "delete", "read"] as const) {
      const refused = cloudflare[type]?.[verb]?.(step(type, record, { id: `${id}`, config }));
      await expect(refused).rejects.toThrow("Invalid access token");
    }
  });
});
