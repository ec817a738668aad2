import fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { eventually } from "../../support/eventually";
import { fakeProgram } from "../../support/programs";

jest.mock("node:child_process", () => require("../../support/programs").childProcess);
const question = jest.fn();
jest.mock("node:readline/promises", () => ({
  createInterface: () => ({ question, close: () => {} }),
}));

const root = path.join(__dirname, "../../..");
let folder: string;
/** What a person sees, on either stream. */
let seen: string;
const environment = { ...process.env };
const terminal = process.stdin.isTTY;

/** Anew for each test, as the checkout is settled when it is loaded. */
const sandbox = (): typeof import("../../../sandbox/up") => require("../../../sandbox/up");

/** An `up` on a machine that it does not come beyond; gives what it ends with. */
const up = (): Promise<Error> =>
  sandbox()
    .up({ install: true, kind: "existing" })
    .then(
      () => new Error("it went on"),
      (problem) => problem,
    );

/** Puts a program in the place of the one that plans. */
function planner(body: string): void {
  fs.mkdirSync(path.join(folder, "operations"));
  fs.writeFileSync(path.join(folder, "operations/plan.ts"), body);
}

/** A Debian where no package of Docker's is installed, and none can be. */
function debian(uid: number): void {
  for (const name of ["apt-cache", "apt-get", "dpkg"])
    fakeProgram(path.join(folder, "bin"), name, "exit 1");
  const has = fs.existsSync;
  const read = fs.readFileSync as (...args: unknown[]) => string;
  jest.spyOn(process, "getuid").mockReturnValue(uid);
  jest
    .spyOn(fs, "existsSync")
    .mockImplementation((file) =>
      /^\/(usr\/)?s?bin\//.test(`${file}`) ? false : file === "/etc/os-release" || has(file),
    );
  jest
    .spyOn(fs, "readFileSync")
    .mockImplementation(((...args: unknown[]) =>
      args[0] === "/etc/os-release" ? "ID=debian\n" : read(...args)) as never);
}

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), "sandbox-up-"));
  fs.symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  process.env.PATH = path.join(folder, "bin");
  process.env.SNIKKET_SANDBOX_CHECKOUT = folder;
  process.stdin.isTTY = true;
  jest.resetModules();
  seen = "";
  const see = (text: string | Uint8Array) => {
    seen += text;
    return true;
  };
  for (const stream of [process.stdout, process.stderr])
    jest.spyOn(stream, "write").mockImplementation(see);
  question.mockReset().mockImplementation(async (words) => {
    seen += words;
    return "n";
  });
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
  process.env = { ...environment };
  process.stdin.isTTY = terminal;
  fs.rmSync(folder, { recursive: true });
});

it("asks who may install before it plans, and ends with what is missing after it", async () => {
  planner('console.log("the machine is created");');
  debian(0);
  const problem = await up();
  expect(problem).toMatchObject({ exitCode: 3 });
  expect(problem.message).toMatch(/^Docker is missing\. .*\nRun this, then the same again:\n/);
  expect(seen).toMatch(/Packages: docker\.io[\s\S]*Install them now[\s\S]*the machine is created/);
});

it("asks nobody who may not install, shows the plan, and ends with what is missing", async () => {
  planner('console.log("the machine is created");');
  debian(1000);
  const problem = await up();
  expect(problem).toMatchObject({ exitCode: 3 });
  expect(problem.message).toMatch(/^Docker is missing\. /);
  expect(question).not.toHaveBeenCalled();
  expect(seen).toMatch(/A plan, by npm run plan[\s\S]*the machine is created/);
});

it("ends where there is no engine, and makes nothing", async () => {
  planner('console.error("No Pulumi engine: wrapper said no."); process.exitCode = 3;');
  for (const name of ["docker", "dockerd"])
    fakeProgram(path.join(folder, "bin"), name, `echo "$@" >>${folder}/docker-calls`);
  const problem = await up();
  expect(problem).toMatchObject({ exitCode: 3, message: "No Pulumi engine: wrapper said no." });
  expect(seen).not.toContain("A plan");
  const calls = fs.readFileSync(path.join(folder, "docker-calls"), "utf8");
  expect(calls).not.toMatch(/network|create|run|build/);
});

it("says what a plan waits for, and for how long", async () => {
  const wait = path.join(folder, "wait");
  fs.writeFileSync(wait, "");
  planner(`console.error("building pulumi from source");
    console.error("still planning: 10 s");
    const waiting = setInterval(() => {
      if (!require("node:fs").existsSync(${JSON.stringify(wait)})) clearInterval(waiting);
    }, 50);`);
  debian(1000);
  jest.useFakeTimers({ doNotFake: ["Date", "setTimeout", "setImmediate", "nextTick"] });
  const ended = up();
  await eventually(async () => {
    jest.advanceTimersByTime(10_000);
    expect(seen).toMatch(/ a plan: \d+ s {2}building pulumi from source\n/);
  });
  fs.rmSync(wait);
  await ended;
  expect(seen).not.toMatch(/a plan: .*still planning/);
});

it("says why no conversation is shown the second time, and how to see it again", async () => {
  fs.mkdirSync(path.join(folder, ".sandbox"));
  fs.writeFileSync(path.join(folder, ".sandbox/talked"), "");
  const key = { public: "", private: "" };
  const machine = { name: "machine", ip: "198.51.100.20", key, hostKey: key };
  await sandbox().talk(machine, "pulumi");
  expect(seen).toMatch(/^\nTwo people talked the first time; npm run sandbox -- down and then /);
});
