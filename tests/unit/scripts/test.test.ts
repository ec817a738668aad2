import { setImmediate } from "node:timers/promises";
import type { StepResult } from "../../../scripts/steps";

const mockCheck = jest.fn();
const mockRunSteps = jest.fn();
jest.mock("../../../scripts/check", () => ({ check: mockCheck }));
jest.mock("../../../sandbox/daemon", () => ({
  holdDocker: async () => {},
  stopDocker: async () => {},
}));
jest.mock("../../../scripts/steps", () => ({
  ...jest.requireActual("../../../scripts/steps"),
  runSteps: mockRunSteps,
}));

const result = (name: string, passed: number, failed: number, skipped = 0): StepResult => ({
  ...{ name, seconds: 1, ok: !failed, passed, failed, skipped },
  failures: failed ? [`why ${name} failed`] : [],
});

/** Runs it as this user; gives its exit status, and what it says line by line. */
async function ran(uid: number) {
  const said: string[] = [];
  jest.spyOn(process, "getuid").mockReturnValue(uid);
  jest.spyOn(console, "log").mockImplementation((line) => said.push(line));
  jest.spyOn(process.stdout, "write").mockImplementation((text) => said.push(`${text}`.trim()) > 0);
  const before = process.exitCode;
  jest.isolateModules(() => require("../../../scripts/test"));
  await setImmediate();
  const status = process.exitCode;
  process.exitCode = before;
  return { status, said };
}

beforeEach(() => {
  mockCheck.mockReset().mockResolvedValue([result("jest", 3, 0), result("bats 1", 2, 0, 1)]);
  mockRunSteps.mockReset().mockResolvedValue([result("machine", 4, 0), result("clouds", 5, 0, 2)]);
});
afterEach(() => jest.restoreAllMocks());

test("ends with one line of totals, of the check and of both sandboxes", async () => {
  expect(await ran(0)).toEqual({ status: 0, said: ["14 passed, 0 failed, 3 skipped"] });
});

test.each(["the check", "a sandbox"])(
  "fails where %s failed, and says why before the totals",
  async (where) => {
    const mock = where === "the check" ? mockCheck : mockRunSteps;
    mock.mockResolvedValue([result("one", 1, 2)]);
    const { status, said } = await ran(0);
    expect(status).toBe(1);
    expect(said[0]).toBe("FAILED in one: why one failed");
    expect(said.at(-1)).toMatch(/^\d+ passed, 2 failed/);
  },
);

test("gives each test to one sandbox", async () => {
  await ran(0);
  const [[steps]] = mockRunSteps.mock.calls;
  const patterns = steps.map(({ command }: { command: string[] }) => command.at(-1));
  for (const file of ["00-plan", "01-newcomer", "08-end", "10-oracle", "11-google"])
    expect(patterns.filter((pattern: string) => `/tests/e2e/${file}`.match(pattern))).toHaveLength(
      1,
    );
});

test("begins nothing where nobody is root", async () => {
  const { status, said } = await ran(1000);
  expect(status).toBe(3);
  expect(said).toEqual([expect.stringContaining("without: npm run check")]);
  expect(mockCheck).not.toHaveBeenCalled();
});
