import fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { PassThrough } from "node:stream";
import { fakeProgram } from "../../support/programs";

jest.mock("node:child_process", () => require("../../support/programs").childProcess);

let folder: string;
let calls: string;
const environment = { ...process.env };
const terminal = process.stdin.isTTY;

/** A machine: what it has outside the test's folder, and who asks. */
function machine({ release = "debian", files = [] as string[], uid = 0 } = {}): void {
  const has = fs.existsSync;
  const read = fs.readFileSync as (file: string, how: string) => string;
  jest.spyOn(process, "getuid").mockReturnValue(uid);
  jest
    .spyOn(fs, "existsSync")
    .mockImplementation((file) =>
      `${file}`.startsWith(folder) ? has(file) : ["/etc/os-release", ...files].includes(`${file}`),
    );
  jest
    .spyOn(fs, "readFileSync")
    .mockImplementation(((file: string, how: string) =>
      file === "/etc/os-release" ? `NAME=x\nID=${release}\n` : read(file, how)) as never);
}

/** A program on PATH that notes how it was called, and then does what its body says. */
const program = (name: string, body = "") =>
  fakeProgram(path.join(folder, "bin"), name, `echo "${name} $*" >>${calls}\n${body}`);

/** The command line answers as soon as the daemon runs. */
const installed = () => program("docker", `[ -e ${folder}/running ]`);
const starts = () => `: >${folder}/running`;

/** What was done to the machine, which is more than to look. */
const done = () =>
  fs.existsSync(calls)
    ? fs
        .readFileSync(calls, "utf8")
        .split("\n")
        .filter((call) => call && !/^(docker version|apt-cache show)/.test(call))
    : [];

async function ensure(install = true): Promise<void> {
  // Anew for each test, as the folder of its log is settled when it is loaded.
  const daemon: typeof import("../../../sandbox/daemon") = require("../../../sandbox/daemon");
  await daemon.ensureDocker({ install });
}

/** What a person is told whose machine lacks something, by a command that has changed nothing. */
async function told(install?: boolean): Promise<string> {
  const problem = await ensure(install).catch((error) => error);
  expect(problem).toMatchObject({ exitCode: 3 });
  expect(done()).toEqual([]);
  return problem.message;
}

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(tmpdir(), "docker-"));
  calls = path.join(folder, "calls");
  process.env.PATH = path.join(folder, "bin");
  process.env.XDG_CACHE_HOME = path.join(folder, "cache");
  process.stdin.isTTY = false;
  jest.resetModules();
  jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...environment };
  process.stdin.isTTY = terminal;
  fs.rmSync(folder, { recursive: true });
});

const packages = "docker.io debootstrap debian-archive-keyring";
const withCommandLine = "docker.io docker-cli debootstrap debian-archive-keyring";
const install = "apt-get install -y --no-install-recommends";

it("leaves a Docker alone that answers", async () => {
  machine({ uid: 1000 });
  program("docker");
  await ensure();
  expect(done()).toEqual([]);
});

it("tells a user who may not use Docker how to be allowed to", async () => {
  machine({ uid: 1000 });
  program("docker", "echo 'permission denied while trying to connect to the daemon' >&2; exit 1");
  expect(await told()).toContain("once: sudo usermod -aG docker $USER, and log in again");
});

it.each([
  ["this user is not root", 1000, true, "sudo "],
  ["root does not want it", 0, false, ""],
])("gives the command that installs Docker where %s", async (_, uid, wanted, sudo) => {
  machine({ uid });
  const command = `\n  ${sudo}apt-get update && ${sudo}${install} ${packages}`;
  expect(await told(wanted)).toBe(
    `Docker is missing. Packages: ${packages.replaceAll(" ", ", ")}\nRun this, then the same again:${command}`,
  );
});

it("leaves the way to Docker to the owner of another system than Debian and Ubuntu", async () => {
  machine({ release: "fedora" });
  expect(await told()).toBe("Install Docker, then run this again.");
});

it.each(["debian", '"ubuntu"'])("installs it as root on %s", async (release) => {
  machine({ release });
  delete process.env.DEBIAN_FRONTEND;
  for (const name of ["apt-cache", "dpkg"]) program(name);
  installed();
  program("apt-get", `[ "$DEBIAN_FRONTEND" = noninteractive ] || exit 1; ${starts()}`);
  await ensure();
  expect(done()).toEqual([
    "dpkg --configure -a",
    "apt-get update",
    `${install} ${withCommandLine}`,
  ]);
});

describe("on a terminal", () => {
  /** Somebody who types this when they are asked. */
  function person(answer: string): void {
    const terminal = Object.assign(new PassThrough(), { isTTY: true });
    jest.spyOn(process, "stdin", "get").mockReturnValue(terminal as never);
    jest.mocked(process.stderr.write).mockImplementation((text) => {
      if (`${text}`.includes("Install them now? [Y/n]")) terminal.write(`${answer}\n`);
      return true;
    });
  }

  beforeEach(() => {
    machine();
    for (const name of ["apt-cache", "dpkg"]) program(name);
    installed();
    program("apt-get", starts());
  });

  it.each(["y", "Yes", ""])("installs it for who answers %j", async (answer) => {
    person(answer);
    await ensure();
    expect(done().at(-1)).toBe(`${install} ${withCommandLine}`);
  });

  it.each(["n", " No"])("gives the command to who answers %j", async (answer) => {
    person(answer);
    expect(await told()).toContain(`\n  apt-get update && ${install} ${withCommandLine}`);
  });
});

it("installs only what is missing", async () => {
  const files = ["/usr/sbin/debootstrap", "/usr/share/keyrings/debian-archive-keyring.gpg"];
  machine({ files });
  expect(await told(false)).toMatch(/--no-install-recommends docker\.io$/);
});

describe("where the daemon does not run", () => {
  beforeEach(() => {
    installed();
    program("dockerd", `echo up, may $DOCKER_ALLOW_IPV6_ON_IPV4_INTERFACE; ${starts()}`);
    program("systemctl", starts());
  });

  it("tells who is not root how to start it", async () => {
    machine({ uid: 1000 });
    expect(await told()).toBe("Docker is not running. Start it: sudo systemctl start docker");
  });

  it("has systemd start it", async () => {
    machine({ files: ["/run/systemd/system"] });
    await ensure();
    expect(done()).toEqual(["systemctl enable --now docker"]);
  });

  it("starts it by hand where there is no systemd, and keeps what it says", async () => {
    machine();
    await ensure();
    expect(done()).toEqual(["dockerd "]);
    const log = path.join(folder, "cache/snikket-sandbox/dockerd.log");
    expect(fs.readFileSync(log, "utf8")).toBe("up, may 1\n");
  });
});
