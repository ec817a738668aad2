import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { createInterface } from "node:readline/promises";
import { Problem, type Ran, type RunOptions, run, say, step } from "./console";
import { sandboxName } from "./settings";

/** Runs the docker command line. */
export const docker = (args: string[], options?: RunOptions): Promise<Ran> =>
  run("docker", args, options);

/** Whether the daemon answers. @throws Problem where this user may not use it */
export async function answers(): Promise<boolean> {
  const { code, stderr } = await docker(["version"], { mayFail: true, timeout: 20 });
  if (/permission denied/i.test(stderr)) {
    throw new Problem(
      "This user may not use Docker. Run this as root, or once: sudo usermod -aG docker $USER, and log in again.",
      3,
    );
  }
  return code === 0;
}

/** Whether a program is on PATH, or where Debian keeps those that are for root. */
export function onPath(program: string): boolean {
  const folders = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`.split(":");
  return folders.some((folder) => folder !== "" && existsSync(path.join(folder, program)));
}

/** Installs Docker where this is allowed, else says which command to run (exit 3). */
export async function installDocker(install: boolean): Promise<void> {
  // Newer Debian releases have the command line in a package of its own.
  const apart = await run("apt-cache", ["show", "docker-cli"], { mayFail: true });
  const packages = [
    ...["docker.io", ...(apart.code === 0 ? ["docker-cli"] : [])],
    ...debootstrapPackages(),
  ];
  await installPackages("Docker", packages, install);
}

/** What a root file system is made with where no image can be pulled. */
export const debootstrapPackages = (): string[] => [
  ...(onPath("debootstrap") ? [] : ["debootstrap"]),
  ...(existsSync("/usr/share/keyrings/debian-archive-keyring.gpg")
    ? []
    : ["debian-archive-keyring"]),
];

/** Installs Debian packages as root where this is allowed, else says which command to run (exit 3). */
export async function installPackages(
  what: string,
  packages: string[],
  install: boolean,
): Promise<void> {
  const args = ["install", "-y", "--no-install-recommends", ...packages];
  if (!isDebian()) throw new Problem(`Install ${what}, then run this again.`, 3);
  const missing = `${what} is missing. Packages: ${packages.join(", ")}`;
  const mayInstall = install && isRoot();
  if (mayInstall) say(missing);
  if (!mayInstall || !(await agreed())) {
    const aptGet = isRoot() ? "apt-get" : "sudo apt-get";
    const command = `${aptGet} update && ${aptGet} ${args.join(" ")}`;
    throw new Problem(`${missing}\nRun this, then the same again:\n  ${command}`, 3);
  }
  await step(what, async (report) => {
    const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, onLine: report };
    // Where an earlier installation was interrupted, apt does nothing before this.
    await run("dpkg", ["--configure", "-a"], options);
    await run("apt-get", ["update"], options);
    await run("apt-get", args, options);
  });
}

export const isRoot = (): boolean => process.getuid?.() === 0;

function isDebian(): boolean {
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  return /^ID=("?)(debian|ubuntu)\1$/m.test(release);
}

/** Asks on a terminal; without one the answer is yes. */
async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) return true;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question("Install them now? [Y/n] ");
  terminal.close();
  return !/^n/i.test(answer.trim());
}

/** How one container of the sandbox is started. */
export interface Container {
  name: string;
  image: string;
  ip: string;
  /** @default the sandbox's own */
  network?: string;
  /** Further options of `docker create`. */
  options?: string[];
  command?: string[];
}

/** Creates and starts a container, or leaves the one alone that runs with this very configuration. */
export async function ensureContainer(wanted: Container): Promise<"kept" | "created"> {
  const label = "snikket-sandbox.config";
  const config = createHash("sha256").update(JSON.stringify(wanted)).digest("hex").slice(0, 16);
  const format = `{{.State.Running}} {{index .Config.Labels "${label}"}}`;
  const { stdout } = await docker(["inspect", "-f", format, wanted.name], { mayFail: true });
  if (stdout.trim() === `true ${config}`) return "kept";
  await createContainer(wanted, ["--label", `${label}=${config}`]);
  await docker(["start", wanted.name]);
  return "created";
}

/** What finds the containers of this sandbox. */
export const ours = ["--filter", `label=snikket-sandbox.name=${sandboxName}`];

/** What every container and network of this sandbox carries. */
export const labels = [
  ...["--label", "snikket-sandbox=1"],
  ...["--label", `snikket-sandbox.name=${sandboxName}`],
];

/** Creates a container in the sandbox's network, in place of one of the same name. */
export async function createContainer(wanted: Container, more: string[] = []): Promise<void> {
  const { name, image, ip, network = sandboxName, options = [], command = [] } = wanted;
  await removeContainer(name);
  const place = ["--name", name, "--network", network, "--ip", ip];
  await docker(["create", ...place, ...labels, ...more, ...options, image, ...command]);
}

/** Removes a container and its own volumes; one that is not there is fine. */
export async function removeContainer(name: string): Promise<void> {
  const { code, stderr } = await docker(["rm", "--force", "--volumes", name], { mayFail: true });
  if (code !== 0 && !/No such container/i.test(stderr)) throw new Problem(stderr.trim());
}
