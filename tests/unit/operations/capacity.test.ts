import { readFileSync } from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { roomAdvice } from "../../../components/host/google/room";
import { roomProblem } from "../../../components/host/oracle/place";
import { untilThereIsRoom } from "../../../operations/capacity";

const full = roomProblem({
  shape: "VM.Standard.A1.Flex",
  domains: ["AD-1"],
  room: { "AD-1": "OUT_OF_HOST_CAPACITY" },
});
const noRoom = { code: 1, output: `error: before hook "host-room" failed: ${full}` };
const done = { code: 0, output: "Resources: 50 created" };

let said: string[];
beforeEach(() => {
  said = [];
  jest.spyOn(console, "log").mockImplementation((line) => void said.push(line));
});
afterEach(() => jest.restoreAllMocks());

/** Answers with one end after the other. */
const attempts = (...ends: { code: number; output: string }[]) =>
  jest.fn(async () => ends.shift() ?? { code: 1, output: "one attempt too many" });

test("goes on until there is room, and says when it asks again", async () => {
  const attempt = attempts(noRoom, noRoom, done);
  expect(await untilThereIsRoom(attempt, 60_000, 1)).toEqual(done);
  expect(attempt).toHaveBeenCalledTimes(3);
  expect(said).toEqual([
    expect.stringMatching(/^Oracle has no room yet: the next attempt is at \d\d:\d\d/),
    expect.stringMatching(/^Oracle has no room yet/),
  ]);
});

test.each([
  "error: 500-InternalError, Out of host capacity.",
  "error: 500-InternalError, Out of capacity for shape VM.Standard.A1.Flex in availability domain AD-1. Try another one.",
])("goes on where Oracle itself says so, and says what else to do: %s", async (error) => {
  const launch = { code: 1, output: `  oci:Core:Instance host-machine ${error}\n` };
  const attempt = attempts(launch, launch, done);
  expect(await untilThereIsRoom(attempt, 60_000, 1)).toEqual(done);
  const advice = expect.stringMatching(
    /^Oracle has no room now .*stays.*\n.*again in an hour.*\n.*availabilityDomain out.*\n.*pay-as-you-go/,
  );
  const next = expect.stringMatching(/^Oracle has no room yet/);
  expect(said).toEqual([advice, next, advice, next]);
});

const inZone = "The zone 'projects/family-chat/zones/us-east1-b' does not have enough resources";
test.each([
  `Error waiting for instance to create: ${inZone} available to fulfill the request.  Try a different zone, or try again later.`,
  `Error waiting for instance to create: ${inZone} available to fulfill the request.  '(resource type:compute)'.\n\n\nA e2-micro VM instance is currently unavailable in the us-east1-b zone. Consider trying your request in the us-east1-c zone(s)`,
  `googleapi: Error 503: ${inZone} available to fulfill the request., ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS`,
])(
  "goes on where Google says so, and says which zones are free beside the full one: %s",
  async (error) => {
    const start = { code: 1, output: `  gcp:compute:Instance host-machine error: ${error}\n` };
    const attempt = attempts(start, done);
    expect(await untilThereIsRoom(attempt, 60_000, 1)).toEqual(done);
    expect(said).toEqual([
      expect.stringMatching(
        /^Google has no room now in us-east1-b .*stays.*\n.*again in an hour.*wait-for-capacity 6h\nOr take .* if this server never came up.* Free are us-west1-a, .*, us-central1-f, us-east1-c, us-east1-d\.$/,
      ),
      expect.stringMatching(/^Google has no room yet: the next attempt is at \d\d:\d\d/),
    ]);
  },
);

test("names every free zone where Google does not say which one is full", () => {
  expect(roomAdvice("Error 503: ZONE_RESOURCE_POOL_EXHAUSTED")).toMatch(
    /^Google has no room now in the zone for .*us-central1-f, us-east1-b, us-east1-c, us-east1-d\.$/s,
  );
});

test.each([
  "error: 401-NotAuthenticated",
  "error: 500-InternalError, Internal error occurred",
  "googleapi: Error 503: The service is currently unavailable., backendError",
])("ends at once with any other failure: %s", async (output) => {
  const other = { code: 1, output };
  expect(await untilThereIsRoom(attempts(noRoom, other), 60_000, 1)).toEqual(other);
});

const next = expect.stringMatching(/^Oracle has no room yet/);
const over = expect.stringMatching(/^The time is over/);

test("asks for the last time when the time is over, though it is less than a pause", async () => {
  const attempt = attempts(noRoom, noRoom);
  const started = Date.now();
  expect(await untilThereIsRoom(attempt, 100, 60_000)).toEqual(noRoom);
  expect(Date.now() - started).toBeGreaterThanOrEqual(90);
  expect(said).toEqual([next, over]);
});

test("asks no more where one attempt took all of the time", async () => {
  const slow = () => sleep(20).then(() => noRoom);
  const attempt = jest.fn(slow);
  expect(await untilThereIsRoom(attempt, 10, 60_000)).toEqual(noRoom);
  expect(attempt).toHaveBeenCalledTimes(1);
  expect(said).toEqual([over]);
});

test.each([
  "Oracle has no room now for a machine",
  "500-InternalError, Out of host capacity.",
  `Error waiting for instance to create: ${inZone} available to fulfill the request.`,
  "googleapi: Error 503: ZONE_RESOURCE_POOL_EXHAUSTED",
])("the table of errors says what to do where there is no room: %s", (said) => {
  const text = readFileSync(path.join(__dirname, "../../../docs/operations.md"), "utf8");
  const [, table = ""] = text.split("| message | meaning |");
  const messages = (row: string) => [...(row.split(" | ")[0] ?? "").matchAll(/`([^`]+)`/g)];
  const known = table
    .split("\n")
    .filter((row) => messages(row).some(([, words = ""]) => said.includes(words)));
  expect(known).toEqual([expect.stringMatching(/what was made stays/i)]);
});
