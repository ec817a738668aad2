import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as cloudflare from "../../../sandbox/stand-ins/cloudflare/model";
import type { Invoke } from "../../../sandbox/stand-ins/frame";
import * as gcp from "../../../sandbox/stand-ins/gcp/model";
import type { Properties } from "../../../sandbox/stand-ins/model";
import * as oci from "../../../sandbox/stand-ins/oci/model";
import { forget, keep, type Resource, resources } from "../../../sandbox/stand-ins/store";

const invokes: Record<string, Invoke> = { ...oci.invokes, ...gcp.invokes, ...cloudflare.invokes };
const config = { "oci:config:region": "eu-frankfurt-1", "gcp:config:project": "family" };
const compartmentId = "ocid1.compartment.oc1..a";

/** Answers of one function, the list inside if there is one. */
async function ask(token: string, args: Properties, existing: Resource[] = []) {
  const answer = await invokes[token]?.(args, { config, resources: () => existing });
  const list = Object.values(answer ?? {}).find(Array.isArray);
  return { answer, list: list as Properties[] };
}

const machine = (id: string, state: string): Resource => {
  const inputs = { compartmentId, shape: "VM.Standard.A1.Flex", shapeConfig: { ocpus: 1 } };
  return { type: "oci:Core/instance:Instance", id, inputs, outputs: { ...inputs, state } };
};

describe("oci", () => {
  it("has three availability domains in the provider's region", async () => {
    const token = "oci:Identity/getAvailabilityDomains:getAvailabilityDomains";
    const { list } = await ask(token, { compartmentId });
    expect(list.map(({ name }) => name)).toEqual(
      [1, 2, 3].map((n) => `Uocm:EU-FRANKFURT-1-AD-${n}`),
    );
  });

  it("has its home in the provider's region", async () => {
    const token = "oci:Identity/getRegionSubscriptions:getRegionSubscriptions";
    const { list } = await ask(token, { tenancyId: "ocid1.tenancy.oc1..a" });
    expect(list).toEqual([{ regionName: "eu-frankfurt-1", isHomeRegion: true }]);
  });

  it("has one image per Ubuntu and architecture, always the same", async () => {
    const images = async (args: Properties) =>
      (await ask("oci:Core/getImages:getImages", args)).list;
    const asked = { operatingSystem: "Canonical Ubuntu", operatingSystemVersion: "24.04" };
    const [arm, ...more] = await images({ ...asked, shape: "VM.Standard.A1.Flex" });
    const [intel] = await images({ ...asked, shape: "VM.Standard.E2.1.Micro" });
    expect(more).toEqual([]);
    expect(arm?.id).toMatch(/^ocid1\.image\.oc1\.eu-frankfurt-1\.[0-9a-f]+$/);
    expect(arm?.displayName).toMatch(/^Canonical-Ubuntu-24\.04-aarch64-/);
    expect(intel?.id).not.toBe(arm?.id);
    expect(await images({ ...asked, shape: "VM.Standard.A1.Flex" })).toEqual([arm]);
    expect(await images({ operatingSystem: "Windows" })).toEqual([]);
  });

  it("has the instances that exist and fit what is asked", async () => {
    const existing = [machine("one", "RUNNING"), machine("two", "TERMINATED")];
    const token = "oci:Core/getInstances:getInstances";
    expect((await ask(token, { compartmentId })).list).toEqual([]);
    const { list } = await ask(token, { compartmentId, state: "RUNNING" }, existing);
    expect(list).toEqual([expect.objectContaining({ id: "one", shapeConfigs: [{ ocpus: 1 }] })]);
    expect((await ask(token, { compartmentId: "other" }, existing)).list).toEqual([]);
  });

  it("refuses a size for a shape that has one", () => {
    const check = oci.models["oci:Core/instance:Instance"]?.check;
    const shapeConfig = { ocpus: 1 };
    expect(check?.({ shape: "VM.Standard.A1.Flex", shapeConfig })).toEqual([]);
    const [failure] = check?.({ shape: "VM.Standard.E2.1.Micro", shapeConfig }) ?? [];
    expect(failure?.property).toBe("shapeConfig");
  });
});

describe("gcp", () => {
  it("has an image of each family", async () => {
    const family = "ubuntu-2404-lts-amd64";
    const { answer } = await ask("gcp:compute/getImage:getImage", { family });
    expect(answer?.selfLink).toMatch(`/projects/ubuntu-os-cloud/global/images/${family}-v`);
  });

  it("has every zone of a region that there could be", async () => {
    const { list } = await ask("gcp:compute/getZones:getZones", { region: "us-east1" });
    expect(list).toEqual([..."abcdef"].map((letter) => `us-east1-${letter}`));
  });

  it("knows no machine types, of which the program then refuses none", async () => {
    const { list } = await ask("gcp:compute/getMachineTypes:getMachineTypes", {});
    expect(list).toEqual([]);
  });
});

describe("cloudflare", () => {
  const getZone = "cloudflare:index/getZone:getZone";
  const zone = {
    type: "cloudflare:index/zone:Zone",
    id: "z",
    inputs: {},
    outputs: { name: "a.org" },
  };

  it("finds a zone by its name, always with the same id", async () => {
    const { answer } = await ask(getZone, { filter: { name: "example.org" } });
    expect(answer).toMatchObject({
      name: "example.org",
      zoneId: expect.stringMatching(/^\w{32}$/),
    });
    const again = await ask(getZone, { filter: { name: "example.org" } });
    expect(again.answer).toEqual(answer);
    const other = await ask(getZone, { filter: { name: "example.net" } });
    expect(other.answer?.zoneId).not.toBe(answer?.zoneId);
  });

  it("knows a zone's name by its id only where the zone is known", async () => {
    expect((await ask(getZone, { zoneId: "z" })).answer?.name).toBeUndefined();
    expect((await ask(getZone, { zoneId: "z" }, [zone])).answer?.name).toBe("a.org");
    expect((await ask(getZone, { filter: { name: "a.org" } }, [zone])).answer?.zoneId).toBe("z");
  });
});

describe("what exists", () => {
  const home = mkdtempSync(path.join(tmpdir(), "cloud-"));
  const before = process.env.PULUMI_HOME;
  beforeAll(() => {
    process.env.PULUMI_HOME = home;
  });
  afterAll(() => {
    process.env.PULUMI_HOME = before;
    rmSync(home, { recursive: true });
  });

  it("is kept, replaced and forgotten, by plugin", () => {
    const disk = {
      type: "gcp:compute/disk:Disk",
      id: "projects/p/disks/d",
      inputs: {},
      outputs: {},
    };
    keep("gcp", disk);
    keep("gcp", { ...disk, outputs: { size: 2 } });
    keep("oci", machine("one", "RUNNING"));
    expect(resources("gcp")).toEqual([{ ...disk, outputs: { size: 2 } }]);
    forget("gcp", disk.id);
    expect(resources("gcp")).toEqual([]);
    expect(resources("oci")).toHaveLength(1);
  });

  it("is also what a plan is told of", () => {
    const told = [machine("told", "RUNNING")];
    writeFileSync(path.join(home, "known-resources.json"), JSON.stringify(told));
    expect(resources("oci").map(({ id }) => id)).toEqual(["told", "one"]);
    expect(resources("cloudflare")).toEqual([]);
  });
});
