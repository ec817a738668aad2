import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { eventually } from "../../support/eventually";
import { fakeProgram } from "../../support/programs";

jest.mock("node:child_process", () => require("../../support/programs").childProcess);

let folder: string;
const environment = { ...process.env };
const inFolder = (name: string) => path.join(folder, name);
const started = () => inFolder("cache/snikket-sandbox/dockerd.started");

/** Anew for each test, as the folder of its record is settled when it is loaded. */
const daemon = (): typeof import("../../../sandbox/daemon") => require("../../../sandbox/daemon");

/** A Docker that says what a test writes down, once its daemon is there; and a lock that is free unless "at-work" is there. */
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "daemon-"));
  process.env.PATH = inFolder("bin");
  process.env.XDG_CACHE_HOME = inFolder("cache");
  const program = (name: string, body: string) => fakeProgram(inFolder("bin"), name, body);
  program(
    "dockerd",
    `trap '/bin/sleep 0.5; exit' TERM; echo $$ >${folder}/dockerd.pid\nwhile :; do /bin/sleep 0.1; done`,
  );
  const list = `[ ! -e ${folder}/$1 ] || echo 0123456789ab`;
  program("docker", `[ -e ${folder}/dockerd.pid ] && [ ! -e ${folder}/silent ] || exit 1\n${list}`);
  program("flock", `echo "$*" >>${folder}/locks\n[ $1 = --shared ] || [ ! -e ${folder}/at-work ]`);
  const has = existsSync;
  jest
    .spyOn(require("node:fs"), "existsSync")
    .mockImplementation((file) => file !== "/run/systemd/system" && has(`${file}`));
  jest.spyOn(process, "getuid").mockReturnValue(0);
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
  jest.resetModules();
});
afterEach(() => {
  if (lives()) process.kill(pid());
  jest.restoreAllMocks();
  process.env = { ...environment };
  rmSync(folder, { recursive: true });
});

const pid = () => Number(readFileSync(inFolder("dockerd.pid"), "utf8"));

function lives(): boolean {
  if (!existsSync(inFolder("dockerd.pid"))) return false;
  const file = `/proc/${pid()}/stat`;
  return existsSync(file) && !/\) Z /.test(readFileSync(file, "utf8"));
}

const start = () => daemon().ensureDocker({ install: false });
const locks = () => readFileSync(inFolder("locks"), "utf8").trim().split("\n");

it("stops the daemon that a sandbox started, when it alone is left, and waits until it has ended", async () => {
  await start();
  expect(lives()).toBe(true);
  expect(await daemon().stopDocker()).toBe(true);
  expect(lives()).toBe(false);
  expect(existsSync(started())).toBe(false);
  expect(locks()).toEqual(["--shared 3", "--exclusive --nonblock 3"]);
});

it("does so for the one of two daemons, started at once, that lives", async () => {
  await start();
  const all = `2 1\n${readFileSync(started(), "utf8")}999999999 1\n`;
  writeFileSync(started(), all);
  expect(await daemon().stopDocker()).toBe(true);
  expect(lives()).toBe(false);
});

it.each([
  ["there is a container of anybody", "ps"],
  ["a sandbox has a network", "network"],
  ["another sandbox is at work", "at-work"],
  ["it does not say what it has", "silent"],
])("leaves it running where %s", async (_, file) => {
  await start();
  writeFileSync(inFolder(file), "");
  expect(await daemon().stopDocker()).toBe(false);
  expect(lives()).toBe(true);
});

it("leaves one alone that no sandbox started", async () => {
  spawn("dockerd", [], { stdio: "ignore" });
  await eventually(async () => expect(lives()).toBe(true));
  await start();
  expect(await daemon().stopDocker()).toBe(false);
  expect(lives()).toBe(true);
});

it("leaves a later process alone that has the daemon's number", async () => {
  await start();
  const [before = "", since] = readFileSync(started(), "utf8").trim().split(" ");
  writeFileSync(started(), `${before} ${Number(since) - 1}\n`);
  expect(await daemon().stopDocker()).toBe(false);
  expect(lives()).toBe(true);
});
