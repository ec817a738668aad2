import { performance } from "../../bench/document";
import type { Figure } from "../../bench/figure";
import { report } from "../../bench/report";
import { duration } from "../../bench/sandbox-times";

const slow: Figure = { what: "a walk", value: 9, unit: "s", budget: 4, note: "uphill" };

/** What the report says on each stream. */
async function said(json: boolean) {
  const streams = { log: "", error: "" };
  for (const stream of ["log", "error"] as const)
    jest.spyOn(console, stream).mockImplementation((...words: unknown[]) => {
      streams[stream] += `${words.join(" ")}\n`;
    });
  await report([async () => [slow], async () => []], { json, write: false });
  return streams;
}
afterEach(() => jest.restoreAllMocks());

test("for programs there is nothing but JSON on standard output", async () => {
  const { log, error } = await said(true);
  expect(JSON.parse(log)).toEqual([slow]);
  expect(error).toMatch(/^OVER +a walk +9\.00 s +of 4 +uphill$/m);
});

test("for people the table is on standard output", async () => {
  const { log, error } = await said(false);
  expect(log).toMatch(/^OVER +a walk/m);
  expect(error).toBe("");
});

test("a figure over its budget is not written without a note that says why", () => {
  expect(performance([slow])).toContain("| a walk | 9.00 s | 4 | OVER | uphill |");
  const { note: _, ...silent } = slow;
  expect(() => performance([slow, silent])).toThrow("says why: a walk");
  expect(performance([{ ...silent, value: 4 }])).toContain("| within |  |");
  expect(performance([{ ...silent, value: undefined }])).toContain("| skipped |  |");
});

test.each([
  ["Resources:\n    + 13 created\n\nDuration: 59s\n", 59],
  ["Duration: 1m2s\n", 62],
  ["Duration: 1h0m5s\n", 3605],
  ["it failed\n", undefined],
])("reads how long an update took: %j", (output, seconds) => {
  expect(duration(output)).toBe(seconds);
});
