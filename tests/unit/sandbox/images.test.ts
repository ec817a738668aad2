import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { fakeProgram } from "../../support/programs";

jest.mock("node:child_process", () => require("../../support/programs").childProcess);

let folder: string;
const environment = { ...process.env };

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "images-"));
  process.env.PATH = folder;
  process.env.XDG_CACHE_HOME = path.join(folder, "cache");
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...environment };
  rmSync(folder, { recursive: true });
});

it("tells who is not root what to do where no image is there and Docker's registry is out of reach", async () => {
  const calls = path.join(folder, "calls");
  fakeProgram(folder, "docker", `echo "$*" >>${calls}; exit 1`);
  jest.spyOn(process, "getuid").mockReturnValue(1000);
  jest.spyOn(global, "fetch").mockRejectedValue(new TypeError("fetch failed"));
  const {
    ensureImage,
  }: typeof import("../../../sandbox/images") = require("../../../sandbox/images");
  const problem = await ensureImage("machine").catch((error) => error);
  expect(problem).toMatchObject({ exitCode: 3 });
  expect(problem.message).toBe(
    'The sandbox needs a Debian image, and Docker\'s registry cannot be reached from here. Either make "docker pull debian:trixie-slim" work, or run this once as root: it then makes one with debootstrap.',
  );
  const done = readFileSync(calls, "utf8").trim().split("\n");
  expect(done.filter((call) => !call.startsWith("image inspect "))).toEqual([]);
});
