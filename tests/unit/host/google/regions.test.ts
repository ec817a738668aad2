import { regionOf, zones, zonesOf } from "../../../../components/host/google/regions";

test("knows the region of a zone, and the zones of a region", () => {
  expect(regionOf("northamerica-northeast1-b")).toBe("northamerica-northeast1");
  expect(zonesOf("us-central1")).toEqual("abcf".split("").map((letter) => `us-central1-${letter}`));
  expect(zonesOf("europe-west1")).not.toContain("europe-west1-a");
  expect(zonesOf("mars-north1")).toEqual([]);
});

test("lists each zone once, as Google writes them", () => {
  expect(zones.length).toBeGreaterThan(120);
  expect(new Set(zones).size).toBe(zones.length);
  for (const zone of zones) expect(zone).toMatch(/^[a-z]+-[a-z]+\d{1,2}-[a-f]$/);
});
