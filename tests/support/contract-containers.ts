import { chmodSync, copyFileSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { docker } from "../../sandbox/docker";
import { ensureImage } from "../../sandbox/images";
import { checkout } from "../../sandbox/settings";

/** How one container of a group is started. */
export interface Options {
  env?: Record<string, string>;
  /** Places inside, by the name of a volume of the group. */
  volumes?: Record<string, string>;
  /** Programs to put in place of others: files of the checkout by their place inside. */
  files?: Record<string, string>;
  command?: string[];
}

/** Containers that share one network address, as all of Snikket's share their machine's. */
export interface Group {
  /** Their address, as the test reaches it. */
  ip: string;
  /** Starts a container, in place of one of the same name. */
  start(part: string, image: string, options?: Options): Promise<void>;
  /** Runs a shell script as root in a container; gives what it printed. @throws where it fails */
  shell(part: string, script: string, input?: string): Promise<string>;
  /** Everything a container has logged. */
  logs(part: string): Promise<string>;
  docker(verb: string, part: string, ...args: string[]): Promise<string>;
  remove(): Promise<void>;
}

/** A group with an address of its own; names it is known by inside are in the hosts file that all share. */
export async function startGroup(names: string[] = []): Promise<Group> {
  const group = `contract-${process.pid}-${Date.now()}`;
  const container = (part: string) => `${group}-${part}`;
  const shell: Group["shell"] = async (part, script, input) => {
    const args = ["exec", "--interactive", container(part), "sh", "-euc", script];
    return (await docker(args, { input })).stdout.trim();
  };
  const image = await ensureImage("machine");
  const network = container("network");
  await docker(["run", "--detach", "--name", network, image, "sleep", "infinity"]);
  const ip = await shell("network", "hostname -i | cut -d' ' -f1");
  await shell("network", "cat >>/etc/hosts", `${ip} ${names.join(" ")}\n`);
  return {
    ip,
    shell,
    start: (part, image, options = {}) => start(group, part, image, options),
    logs: async (part) => {
      const { stdout, stderr } = await docker(["logs", container(part)]);
      return stdout + stderr;
    },
    docker: async (verb, part, ...args) => (await docker([verb, ...args, container(part)])).stdout,
    remove: () => remove(group),
  };
}

async function start(group: string, part: string, image: string, options: Options): Promise<void> {
  const { env = {}, volumes = {}, files = {}, command = [] } = options;
  const name = `${group}-${part}`;
  await docker(["rm", "--force", "--volumes", name], { mayFail: true });
  const args = [
    ...["run", "--detach", "--name", name, `--network=container:${group}-network`],
    ...Object.entries(env).map(([key, value]) => `--env=${key}=${value}`),
    ...Object.entries(volumes).map(([volume, place]) => `--volume=${group}-${volume}:${place}`),
    ...Object.entries(files).map(([place, file]) => `--volume=${program(group, file)}:${place}:ro`),
  ];
  await docker([...args, image, ...command]);
}

/** A copy that may be run, as the deployment installs it. */
function program(group: string, file: string): string {
  const copy = path.join(tmpdir(), group, path.basename(file));
  mkdirSync(path.dirname(copy), { recursive: true });
  copyFileSync(path.join(checkout, file), copy);
  chmodSync(copy, 0o755);
  return copy;
}

async function remove(group: string): Promise<void> {
  rmSync(path.join(tmpdir(), group), { recursive: true, force: true });
  const named = ["--quiet", "--filter", `name=${group}-`];
  for (const [list, kind, options] of [
    [["ps", "--all"], "container", ["--volumes"]],
    [["volume", "ls"], "volume", []],
  ] as const) {
    const ids = (await docker([...list, ...named])).stdout.split("\n").filter(Boolean);
    if (ids.length) await docker([kind, "rm", "--force", ...options, ...ids]);
  }
}
