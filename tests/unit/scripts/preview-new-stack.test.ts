import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { makePlan } from "../../../operations/plan/make";
import { look } from "../../../scripts/preview";
import { fakeProgram } from "../../support/programs";

jest.mock("../../../operations/plan/make");

const before = process.env;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "preview-"));
  jest.spyOn(console, "error").mockImplementation();
  process.env = { PATH: `${folder}:${before.PATH}`, PULUMI_BACKEND_URL: "s3://state" };
  const counts = { replace: 0, delete: 0, create: 0, update: 0, same: 0 };
  const plan = { stack: "cousins", comparedWith: "nothing", resources: [], counts, notes: [] };
  jest
    .mocked(makePlan)
    .mockReset()
    .mockResolvedValue(plan as never);
});
afterEach(() => {
  process.env = before;
  rmSync(folder, { recursive: true });
});

/** An engine that fails with these words. */
const engineSays = (words: string) => fakeProgram(folder, "pulumi", `echo "${words}" >&2; exit 6`);

test("plans a stack that the state does not know, and says that nobody was asked", async () => {
  engineSays("error: no stack named 'cousins' found");
  expect(await look("cousins")).toMatchObject({
    ok: true,
    how: "as a new stack, without asking the clouds or reading the state",
  });
  expect(makePlan).toHaveBeenCalledWith("cousins");
});

test("plans nothing in place of a preview that fails for another reason", async () => {
  engineSays("error: incorrect passphrase");
  expect(await look("cousins")).toMatchObject({ ok: false });
  expect(makePlan).not.toHaveBeenCalled();
});
