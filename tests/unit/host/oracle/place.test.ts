import {
  configuredProblem,
  noRoom,
  placeOf,
  roomProblem,
  type Survey,
} from "../../../../components/host/oracle/place";

const full = "OUT_OF_HOST_CAPACITY";
const none = "HARDWARE_NOT_SUPPORTED";
const survey = (change: Partial<Survey> = {}): Survey => ({
  shape: "VM.Standard.A1.Flex",
  domains: ["AD-1", "AD-2", "AD-3"],
  room: {},
  ...change,
});

test.each<[string, Partial<Survey>, string]>([
  [
    "the first with room",
    { room: { "AD-1": full, "AD-2": "AVAILABLE", "AD-3": "AVAILABLE" } },
    "AD-2",
  ],
  [
    "the only one that has the shape",
    { room: { "AD-1": none, "AD-2": none, "AD-3": "AVAILABLE" } },
    "AD-3",
  ],
  [
    "one of which nothing is known, rather than a full one",
    { room: { "AD-1": full, "AD-2": "?" } },
    "AD-2",
  ],
  ["the configured one", { configured: 3, room: { "AD-1": "AVAILABLE" } }, "AD-3"],
  ["where the data is", { kept: "AD-2", configured: 3, room: { "AD-1": "AVAILABLE" } }, "AD-2"],
  ["the first, where all are full", { room: { "AD-1": full, "AD-2": full, "AD-3": full } }, "AD-1"],
  ["the only one there is", { domains: ["AD-1"], room: { "AD-1": "AVAILABLE" } }, "AD-1"],
])("takes %s", (_, change, place) => {
  expect(placeOf(survey(change))).toBe(place);
});

test.each<[string, Partial<Survey>]>([
  ["one has room", { room: { "AD-1": full, "AD-2": "AVAILABLE", "AD-3": full } }],
  ["nobody was asked", { configured: 2 }],
  ["the answer is a new word", { room: { "AD-1": "BUSY", "AD-2": "BUSY", "AD-3": "BUSY" } }],
])("tries where %s", (_, change) => {
  expect(roomProblem(survey(change))).toBeUndefined();
});

test("says which domains were asked, what to do and when to try again", () => {
  const said = roomProblem(survey({ room: { "AD-1": full, "AD-2": full, "AD-3": none } })) ?? "";
  expect(said.startsWith(noRoom)).toBe(true);
  for (const part of [
    `AD-1 ${full}, AD-2 ${full}, AD-3 ${none}`,
    "in an hour, or at night",
    "npm run up -- --wait-for-capacity 6h",
    "snikket:host.shape to VM.Standard.E2.1.Micro",
    "pay-as-you-go",
  ])
    expect(said).toContain(part);
});

test("names only the domain with the data, for no other will do", () => {
  const said = roomProblem(survey({ kept: "AD-2", room: { "AD-1": "AVAILABLE", "AD-2": full } }));
  expect(said).toContain(`where this server's data is (AD-2 ${full})`);
});

test("does not tell to wait for what will never come", () => {
  const shape = "VM.Standard.E2.1.Micro";
  const said = roomProblem(survey({ shape, domains: ["AD-1"], room: { "AD-1": none } }));
  expect(said).toBe(
    `Oracle has no machines of the shape ${shape} here (AD-1 ${none}). Set snikket:host.shape to VM.Standard.A1.Flex.`,
  );
});

test.each<[string, Partial<Survey>, RegExp | undefined]>([
  ["none", {}, undefined],
  ["one that is there", { configured: 3 }, undefined],
  ["the one with the data", { configured: 2, kept: "AD-2" }, undefined],
  ["a third of one", { configured: 3, domains: ["AD-1"] }, /is 3, but the region has 1: AD-1\. /],
  ["another than the data's", { configured: 1, kept: "AD-3" }, /in AD-3, and .* Set 3, or leave/],
])("judges a configured domain: %s", (_, change, problem) => {
  if (problem) expect(configuredProblem(survey(change))).toMatch(problem);
  else expect(configuredProblem(survey(change))).toBeUndefined();
});
