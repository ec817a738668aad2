import type { ResourceHookArgs } from "@pulumi/pulumi";
import { mockEngine } from "../support/mocks";

type Look = () => Promise<string | undefined>;

let refusing: typeof import("../../components/answer")["refusing"];

beforeAll(async () => {
  const engine = await mockEngine();
  ({ refusing } = require("../../components/answer"));
  await engine.run(() => ({}));
  jest.useFakeTimers();
});
afterAll(() => {
  jest.useRealTimers();
});

/** What the hook says when the look comes to this; nothing where it lets the step pass. */
async function said(look: Look): Promise<string | undefined> {
  const hook = refusing("fits", { whether: "it fits", look });
  try {
    await hook.callback({} as ResourceHookArgs);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

test("passes on what the look finds wrong, its errors, and nothing where all is well", async () => {
  expect(await said(async () => "too wide")).toBe("too wide");
  expect(await said(async () => Promise.reject(new Error("no zone")))).toBe("no zone");
  expect(await said(async () => undefined)).toBeUndefined();
  expect(jest.getTimerCount()).toBe(0);
});

test("ends within a minute where no answer comes, and says what was to be seen", async () => {
  const ended = said(() => new Promise(() => {}));
  await jest.advanceTimersByTimeAsync(60_000);
  expect(await ended).toMatch(/^It could not be seen within 60 s whether it fits\. If something /);
});
