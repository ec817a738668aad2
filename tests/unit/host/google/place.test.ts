import { machineTypeProblem, zoneProblem } from "../../../../components/host/google/place";

test("takes a zone that Google has", () => {
  expect(zoneProblem("us-east1-b", ["us-east1-b", "us-east1-c"])).toBeUndefined();
});

test("takes a new one that is not known here", () => {
  expect(zoneProblem("us-north9-a", ["us-north9-a"])).toBeUndefined();
});

test.each<[string, string, string[], string]>([
  [
    "those of its region",
    "us-east1-a",
    ["us-east1-b", "us-east1-c"],
    "Near it: us-east1-b, us-east1-c; gcloud compute zones list shows them all.",
  ],
  [
    "those called like it, where the region is not there",
    "us-easst1-b",
    [],
    "Near it: us-east1-b, us-east4-b, us-east5-b; ",
  ],
  ["nothing, where none is near", "moon-base1-b", [], "project. It has others; gcloud compute"],
])("names %s", (_, zone, there, near) => {
  const said = zoneProblem(zone, there);
  expect(said).toContain(
    `snikket:host.zone is ${zone}, which Google does not have for this project. `,
  );
  expect(said).toContain(near);
});

test("names no zone of a region that is known here and that Google does not have", () => {
  expect(zoneProblem("us-east1-b", [])).toContain("Near it: us-east4-b, us-east5-b, ");
});

const e2Types = ["e2-medium", "e2-micro", "e2-small", "e2-standard-2"];
const machineProblem = (machineType: string, there = e2Types) =>
  machineTypeProblem({ machineType, zone: "us-east1-b" }, there);

test("takes a machine type that the zone has, and any where nobody knows what it has", () => {
  expect(machineProblem("e2-small")).toBeUndefined();
  expect(machineProblem("e2-huge", [])).toBeUndefined();
});

test("names the machine types called like one that the zone does not have", () => {
  expect(machineProblem("e2-smal")).toBe(
    "snikket:host.machineType is e2-smal, which Google does not have in us-east1-b. Near it: e2-small; gcloud compute machine-types list --zones us-east1-b shows them all.",
  );
  expect(machineProblem("e2-enormous")).toContain("us-east1-b. It has others; gcloud compute");
});
