import type * as Compute from "@pulumi/gcp/compute";
import type * as Core from "@pulumi/oci/core";
import { mockEngine } from "../support/mocks";

const core = () => require("@pulumi/oci/core") as typeof Core;
const compute = () => require("@pulumi/gcp/compute") as typeof Compute;

const a1 = "VM.Standard.A1.Flex";
const place = { availabilityDomain: "AD-1", compartmentId: "c" };
const kept = { protect: true };

const oracle = (shape: string, more: Partial<Core.InstanceArgs> = {}) => {
  return () => new (core().Instance)("machine", { ...place, shape, ...more });
};
const ofSize = (ocpus: number, memoryInGbs: number) => ({ shapeConfig: { ocpus, memoryInGbs } });
const bootVolume = (bootVolumeSizeInGbs: string) => ({
  sourceDetails: { sourceType: "image", sourceId: "image", bootVolumeSizeInGbs },
});
const bootSpeed = (bootVolumeVpusPerGb: string) => ({
  sourceDetails: { sourceType: "image", sourceId: "image", bootVolumeVpusPerGb },
});
const volume = (args: Partial<Core.VolumeArgs>) => {
  return () => new (core().Volume)("volume", { ...place, ...args }, kept);
};
const google = (machineType: string, initializeParams = {}, more = {}) => {
  const args = { machineType, bootDisk: { initializeParams }, networkInterfaces: [], ...more };
  return () => new (compute().Instance)("machine", args);
};
const googleWith = (more: Partial<Compute.InstanceArgs>) => google("e2-micro", {}, more);
const inTier = (networkTier?: string) => ({
  networkInterfaces: [{ accessConfigs: [{ ...(networkTier && { networkTier }) }] }],
});
const googleAddress = (args: Compute.AddressArgs) => () =>
  new (compute().Address)("address", args, kept);
const disk = (args: Compute.DiskArgs) => () => new (compute().Disk)("disk", args, kept);

/** An engine of mocks under the house's rules. */
async function rule(allowPaid: boolean): Promise<void> {
  await mockEngine();
  const { holdHouseRules } =
    require("../../infra/house-rules") as typeof import("../../infra/house-rules");
  holdHouseRules({ ports: [], sshFrom: [], allowWorld: false, allowPaid });
}

const paid: [string, () => object, string][] = [
  ["a paid shape", oracle("VM.Standard.E5.Flex"), "the size VM.Standard.E5.Flex"],
  ["more cores than are free", oracle(a1, ofSize(3, 6)), "3 OCPUs"],
  ["more memory than is free", oracle(a1, ofSize(1, 13)), "memory of 13 GB"],
  ["a large boot volume", oracle(a1, bootVolume("201")), "a boot volume of 201 GB"],
  ["a fast boot volume", oracle(a1, bootSpeed("20")), "a boot volume of 20 performance units"],
  ["a fast volume", volume({ sizeInGbs: "50", vpusPerGb: "20" }), "a speed of 20 performance"],
  ["a large volume", volume({ sizeInGbs: "201" }), "a size of 201 GB"],
  ["a volume without a size, which is a large one", volume({}), "a size of undefined GB"],
  ["a paid machine type", google("e2-small"), "the size e2-small"],
  ["a fast boot disk", google("e2-micro", { type: "pd-ssd" }), "the boot disk pd-ssd"],
  ["a large boot disk", google("e2-micro", { size: 31 }), "a boot disk of 31 GB"],
  ["a scratch disk", googleWith({ scratchDisks: [{ interface: "NVME" }] }), "a scratch disk"],
  [
    "an accelerator",
    googleWith({ guestAccelerators: [{ type: "nvidia-tesla-t4", count: 1 }] }),
    "an accelerator",
  ],
  ["paid traffic", googleWith(inTier("PREMIUM")), "the network tier PREMIUM"],
  ["traffic of no tier, which is paid", googleWith(inTier()), "the network tier PREMIUM"],
  ["an address of the paid tier", googleAddress({ networkTier: "PREMIUM" }), "the network tier"],
  ["an address of no tier, which is paid", googleAddress({}), "the network tier PREMIUM"],
  ["a fast disk", disk({ type: "pd-ssd", size: 18 }), "the type pd-ssd"],
  ["a large disk", disk({ size: 31 }), "a size of 31 GB"],
  ["a disk without a size, which is a large one", disk({}), "a size of undefined GB"],
];

describe("where nothing may cost money", () => {
  beforeAll(() => rule(false));

  test.each(paid)("refuses a program with %s", (_, program, size) => {
    expect(program).toThrow(`has ${size}`);
    expect(program).toThrow(/, which costs money; set snikket:host.allowPaid if that is meant$/);
  });

  test.each([
    ["all that is free at Oracle", oracle(a1, { ...ofSize(2, 12), ...bootVolume("150") })],
    ["the small shape, which has a size of its own", oracle("VM.Standard.E2.1.Micro")],
    ["a volume that is free", volume({ sizeInGbs: "50" })],
    ["the free machine at Google", google("e2-micro", { type: "pd-standard", size: 12 })],
    ["the free traffic at Google", googleWith(inTier("STANDARD"))],
    ["an address of the free tier", googleAddress({ networkTier: "STANDARD" })],
    ["a volume of the free speed", volume({ sizeInGbs: "50", vpusPerGb: "10" })],
    ["a disk that is free", disk({ type: "pd-standard", size: 18 })],
  ])("lets %s pass", (_, program) => {
    expect(program).not.toThrow();
  });
});

describe("where it may", () => {
  beforeAll(() => rule(true));

  test.each(paid)("lets %s pass", (_, program) => {
    expect(program).not.toThrow();
  });
});
