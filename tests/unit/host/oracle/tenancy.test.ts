import * as core from "@pulumi/oci/core";
import * as identity from "@pulumi/oci/identity";
import { log } from "@pulumi/pulumi";
import { noUse } from "../../../../components/host/oracle/free-tier";
import { grows, usedByOthers } from "../../../../components/host/oracle/tenancy";

jest.mock("@pulumi/oci/core", () => ({
  getInstances: jest.fn(),
  getVolumes: jest.fn(),
  getBootVolumes: jest.fn(),
}));
jest.mock("@pulumi/oci/identity", () => ({
  getCompartments: jest.fn(),
}));

/** What lies in a compartment. */
type Content = Record<"instances" | "volumes" | "bootVolumes", object[]>;

let tenancy: Record<string, Partial<Content> | "closed">;
let mayList: boolean;
let warnings: string[];

function lists(name: keyof Content) {
  return async ({ compartmentId }: { compartmentId: string }) => {
    const content = tenancy[compartmentId];
    if (content === "closed") throw new Error("404-NotAuthorizedOrNotFound");
    return { [name]: content?.[name] ?? [] };
  };
}

beforeEach(() => {
  tenancy = {};
  mayList = true;
  warnings = [];
  jest.mocked(core.getInstances).mockImplementation(lists("instances") as never);
  jest.mocked(core.getVolumes).mockImplementation(lists("volumes") as never);
  jest.mocked(core.getBootVolumes).mockImplementation(lists("bootVolumes") as never);
  jest.mocked(identity.getCompartments).mockImplementation((async () => {
    if (!mayList) throw new Error("404-NotAuthorizedOrNotFound");
    return { compartments: Object.keys(tenancy).map((id) => ({ id })) };
  }) as never);
  jest.spyOn(log, "warn").mockImplementation(async (line) => void warnings.push(line));
});

const named = { compartmentId: "family", label: "snikket-chat-example-org", root: "root" };
const used = () => usedByOthers(named, {});
const arm = {
  displayName: "games",
  state: "RUNNING",
  shape: "VM.Standard.A1.Flex",
  shapeConfigs: [{ ocpus: 1, memoryInGbs: 4 }],
};
const micro = { ...arm, shape: "VM.Standard.E2.1.Micro", shapeConfigs: [{ ocpus: 1 }] };
const volume = { displayName: "games", state: "AVAILABLE", sizeInGbs: "50" };

test("counts machines and volumes in the root and all other compartments", async () => {
  tenancy = {
    root: { instances: [arm, micro], bootVolumes: [volume] },
    family: { instances: [{ ...arm, state: "STOPPED" }], volumes: [volume] },
    games: { instances: [micro], bootVolumes: [volume, volume] },
  };
  expect(await used()).toEqual({ ocpus: 2, memoryGb: 8, micros: 2, volumesGb: 200 });
  expect(warnings).toEqual([]);
});

test("counts neither what is this stack's own, nor what is gone, nor what is of no free shape", async () => {
  const own = (suffix = "") => ({ displayName: `snikket-chat-example-org${suffix}` });
  tenancy = {
    family: {
      instances: [
        { ...arm, ...own() },
        { ...arm, state: "TERMINATED" },
        { ...micro, state: "TERMINATING" },
        { ...arm, shape: "VM.Standard.E4.Flex" },
      ],
      volumes: [
        { ...volume, ...own("-data") },
        { ...volume, state: "TERMINATED" },
      ],
      bootVolumes: [{ ...volume, ...own(" (Boot Volume)") }],
    },
  };
  expect(await used()).toEqual(noUse);
});

test("counts the own compartment alone where no others may be listed, and says so", async () => {
  mayList = false;
  tenancy = { root: { instances: [arm] }, family: { instances: [micro] } };
  expect(await used()).toEqual({ ...noUse, micros: 1 });
  expect(warnings).toEqual([expect.stringContaining("Not all of the tenancy could be counted")]);
});

test("counts what it may where one compartment is closed, and says so", async () => {
  tenancy = { root: "closed", games: { instances: [arm] } };
  expect(await used()).toEqual({ ...noUse, ocpus: 1, memoryGb: 4 });
  expect(warnings).toHaveLength(1);
});

test.each<[string, object | undefined, object, boolean]>([
  ["a new machine", undefined, { shape: "A" }, true],
  ["more cores", { shapeConfig: { ocpus: 1 } }, { shapeConfig: { ocpus: 2 } }, true],
  ["a larger volume", { sizeInGbs: "50" }, { sizeInGbs: "60" }, true],
  [
    "a larger boot volume",
    { sourceDetails: { bootVolumeSizeInGbs: "50" } },
    { sourceDetails: { bootVolumeSizeInGbs: "60" } },
    true,
  ],
  [
    "one that starts again",
    { shape: "A", state: "STOPPED" },
    { shape: "A", state: "RUNNING" },
    false,
  ],
  [
    "another image",
    { sourceDetails: { bootVolumeSizeInGbs: "50", sourceId: "a" } },
    { sourceDetails: { bootVolumeSizeInGbs: "50", sourceId: "b" } },
    false,
  ],
])("knows whether something may cost: %s", (_, before, after, costs) => {
  expect(grows(before as never, after as never)).toBe(costs);
});
