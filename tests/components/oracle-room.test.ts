import type { MadeHosts } from "../support/hosts";
import { args, machineIsMade, makeOracle, tenancyId } from "../support/oracle-host";

const machineThere = {
  shape: "VM.Standard.A1.Flex",
  shapeConfigs: [{ ocpus: 1, memoryInGbs: 2 }],
  state: "RUNNING",
  availabilityDomain: "AD-2",
};
const volumeThere = { state: "AVAILABLE", sizeInGbs: "20" };

let made: MadeHosts;

describe("where there is nothing yet", () => {
  beforeAll(async () => {
    made = await makeOracle();
  });

  test("asks the tenancy for room in each domain", () => {
    const reports = made.ofType("ComputeCapacityReport").map(({ inputs }) => inputs);
    expect(reports).toEqual(
      ["AD-1", "AD-2", "AD-3"].map((availabilityDomain) => ({
        availabilityDomain,
        compartmentId: tenancyId,
        shapeAvailabilities: [
          {
            instanceShape: "VM.Standard.A1.Flex",
            instanceShapeConfig: { ocpus: 1, memoryInGbs: 6 },
          },
        ],
      })),
    );
    expect(made.options["host-room-1"]?.ignoreChanges).toEqual([
      "availabilityDomain",
      "compartmentId",
      "shapeAvailabilities",
    ]);
  });

  test("counts and looks for room before the machine and its volume are made, and asks again each time", async () => {
    const hooks = {
      beforeCreate: ["host-home", "host-twin", "host-free-tier", "host-room"],
      beforeUpdate: ["host-sizes", "host-free-tier"],
    };
    expect(made.resource("host-data").hooks).toEqual(hooks);
    const beforeCreate = [...hooks.beforeCreate, "host-image"];
    expect(made.resource("host-machine").hooks).toEqual({ ...hooks, beforeCreate });
    expect(made.resource("host-data").after).toContain("host-machine");
    for (const name of beforeCreate.filter((name) => name !== "host-twin")) {
      expect(made.engine.hooks.find((one) => one.name === name)?.opts).toEqual({ onDryRun: true });
      expect(await made.refusal(name, machineIsMade)).toBeUndefined();
    }
    const asked = Date.parse(String(made.options["host-room-1"]?.replacementTrigger));
    expect(Date.now() - asked).toBeLessThan(60_000);
  });
});

describe("where there is something already, and no room", () => {
  const freeformTags = { "room-asked-for": "2026-11-22T17:00:00.000Z" };
  const called = (label: string) => ({ displayName: `snikket-${label}` });
  const data = (label: string) => ({ ...volumeThere, displayName: `snikket-${label}-data` });
  beforeAll(async () => {
    made = await makeOracle(
      {
        there: { label: "there" },
        stopped: { label: "stopped" },
        kept: { label: "kept" },
        moved: { label: "moved", availabilityDomain: 3 },
        paid: { label: "paid", allowPaid: true },
        fixed: { label: "fixed", availabilityDomain: 3 },
      },
      {
        room: { "AD-3": "HARDWARE_NOT_SUPPORTED" },
        instances: [
          { ...machineThere, ...called("there"), state: "TERMINATED", availabilityDomain: "AD-3" },
          { ...machineThere, ...called("there"), freeformTags },
          { ...machineThere, ...called("stopped"), state: "STOPPED" },
        ],
        volumes: [
          { ...data("kept"), availabilityDomain: "AD-1" },
          { ...data("moved"), availabilityDomain: "AD-1" },
        ],
      },
    );
  });
  const place = (host: string) => made.inputs(`${host}-machine`).availabilityDomain;

  test("says what to do, and when, where no domain has room", async () => {
    const said = await made.refusal("host-room", machineIsMade);
    expect(said).toMatch(/^Oracle has no room now .*AD-1 OUT_OF_HOST_CAPACITY, AD-2 .*, AD-3/);
  });

  test("asks no more when there is a machine, and leaves it where it is", () => {
    expect(made.options["there-room-1"]?.replacementTrigger).toBe("2026-11-22T17:00:00.000Z");
    expect(place("there")).toBe("AD-2");
    expect(made.inputs("there-machine").freeformTags).toEqual(freeformTags);
  });

  test("follows the volume with the data, and has no other choice", async () => {
    expect(place("kept")).toBe("AD-1");
    expect(await made.refusal("kept-room", machineIsMade)).toContain("(AD-1 OUT_OF_HOST_CAPACITY)");
  });

  test("takes the configured domain without asking", async () => {
    expect(made.ofType("ComputeCapacityReport::fixed-")).toEqual([]);
    expect(place("fixed")).toBe("AD-3");
    expect(await made.refusal("fixed-room", machineIsMade)).toBeUndefined();
  });

  test("refuses a configured domain that the data cannot move to, or says that it is ignored", async () => {
    expect(place("moved")).toBe("AD-1");
    const said = await made.refusal("moved-room", machineIsMade);
    expect(said).toContain("volumes cannot move");
    expect(made.engine.logs).toContain(`warning: [runtime] ${said}`);
  });

  test("refuses what the others' machines leave no room for, unless it may cost money", async () => {
    expect(await made.refusal("host-free-tier", machineIsMade)).toBe(
      "snikket:host.ocpus is 1, and 2 OCPUs of A1.Flex are free in a tenancy, of which other machines have 2; terminate one of them, or take another shape, or allowPaid: true if it may cost money",
    );
    expect(await made.refusal("paid-free-tier", machineIsMade)).toBeUndefined();
  });

  test("does not count its own machine, nor keeps it from starting again", async () => {
    expect(await made.refusal("there-free-tier", machineIsMade)).toBeUndefined();
    const size = { shape: args.shape, shapeConfig: { ocpus: 1 } };
    const same = { oldInputs: size, newInputs: { ...size, state: "RUNNING" } };
    expect(await made.refusal("host-free-tier", same)).toBeUndefined();
  });

  test("says once that a stopped machine is started", () => {
    expect(made.engine.logs.filter((line) => line.includes("The machine is stopped"))).toHaveLength(
      1,
    );
  });
});

test("refuses a new machine for which Oracle has no image, already in the preview", async () => {
  made = await makeOracle({}, { images: [] });
  expect(await made.refusal("host-image", machineIsMade)).toBe(
    "Oracle has no image of Ubuntu 24.04 for the shape VM.Standard.A1.Flex in eu-frankfurt-1. Set snikket:host.ubuntu to another release, or snikket:host.shape to VM.Standard.E2.1.Micro, which is small but enough for a family.",
  );
});
