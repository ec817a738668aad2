import fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { fakeProgram } from "../../support/programs";

jest.mock("node:child_process", () => require("../../support/programs").childProcess);

let folder: string;
let owner: string;
const environment = { ...process.env };

/** A Docker with the network of the owner's sandbox, and the containers that run there; it notes what it was told to remove. */
function docker({ running = "" } = {}): void {
  const labels = JSON.stringify({ "snikket-sandbox.checkout": owner });
  const body = `case "$*" in
  *.Labels*) echo '${labels}'; echo 198.51.100.0/24 ;;
  "ps --quiet"*) printf "${running}" ;;
  "ps --all --quiet"*) echo c0ffee ;;
  *rm*) echo "$*" >>${folder}/removed ;;
  esac`;
  fakeProgram(path.join(folder, "bin"), "docker", body);
}

/** As another user finds a checkout in a folder that is closed to them. */
function close(checkout: string): void {
  const look = fs.statSync as (...args: unknown[]) => fs.Stats;
  jest.spyOn(fs, "statSync").mockImplementation(((...args: unknown[]) => {
    if (`${args[0]}`.startsWith(checkout))
      throw Object.assign(new Error("permission denied"), { code: "EACCES" });
    return look(...args);
  }) as never);
}

const removed = () =>
  fs.existsSync(path.join(folder, "removed"))
    ? fs.readFileSync(path.join(folder, "removed"), "utf8")
    : "";

/** Anew for each test, as the checkout is settled when they are loaded. */
const clearLeftOver = (): Promise<void> => require("../../../sandbox/down").clearLeftOver();
const status = (): Promise<void> => require("../../../sandbox/up").status();

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), "another-"));
  owner = path.join(folder, "root/family-chat");
  process.env.PATH = path.join(folder, "bin");
  process.env.SNIKKET_SANDBOX_CHECKOUT = path.join(folder, "bob/family-chat");
  jest.resetModules();
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...environment };
  fs.rmSync(folder, { recursive: true });
});

const refusal = () =>
  `A sandbox of ${owner} is on this machine. Run "npm run sandbox -- down" there`;

it.each([
  ["this user may look at", () => fs.mkdirSync(owner, { recursive: true })],
  ["is in another user's closed folder", () => close(owner)],
])("leaves a sandbox alone that runs and whose checkout %s", async (_, prepare) => {
  docker({ running: "c0ffee" });
  prepare();
  await expect(clearLeftOver()).rejects.toThrow(refusal());
  expect(removed()).toBe("");
});

it.each([
  ["is gone", () => {}],
  ["has a file in its place", () => fs.writeFileSync(path.join(folder, "root"), "")],
])("removes one that runs and whose checkout %s", async (_, prepare) => {
  docker({ running: "c0ffee" });
  prepare();
  await clearLeftOver();
  expect(removed()).toContain("rm --force --volumes c0ffee");
});

it("removes what a stopped one left", async () => {
  docker();
  close(owner);
  await clearLeftOver();
  expect(removed()).toContain("rm --force --volumes c0ffee");
});

it("is not shown by status as one's own", async () => {
  docker({ running: "c0ffee" });
  await expect(status()).rejects.toThrow(refusal());
});
