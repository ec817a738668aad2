import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { boot } from "../boot";
import { docker, removeContainer } from "../docker";
import { ensureImage } from "../images";
import { containerName, inHome, sandboxName } from "../settings";
import { privateNetwork } from "./router";
import { attach } from "./volumes";
import type { Machine } from "./world";

const label = "snikket-sandbox.machine";

/** Makes these the only machines, each as it is to be. */
export async function ensureMachines(
  machines: Machine[],
  devices: Map<string, string>,
): Promise<void> {
  const standing = await standingMachines();
  const wanted = new Set(machines.map(({ id }) => id));
  for (const { id, container, state } of standing) {
    // One that was never started was not finished either.
    if (!wanted.has(id) || state === "created") await removeContainer(container);
  }
  for (const machine of machines) {
    const state = standing.find(({ id }) => id === machine.id)?.state ?? "created";
    await ensureMachine(machine, state, devices);
  }
}

/** The machines that are there, running or not. */
export async function standingMachines() {
  const format = `{{.Names}} {{.State}} {{.Label "${label}"}}`;
  const ours = [`label=snikket-sandbox.name=${sandboxName}`, `label=${label}`];
  const filters = ours.flatMap((filter) => ["--filter", filter]);
  const { stdout } = await docker(["ps", "--all", "--format", format, ...filters]);
  const rows = stdout.split("\n").filter(Boolean);
  return rows.map((row) => {
    const [container = "", state = "", id = ""] = row.split(" ");
    return { container, state, id };
  });
}

async function ensureMachine(
  machine: Machine,
  state: string,
  devices: Map<string, string>,
): Promise<void> {
  const container = containerName(machine.name);
  if (state === "created") await create(container, machine);
  else if (machine.running && state !== "running") await docker(["start", container]);
  else if (!machine.running && state === "running") await docker(["stop", container]);
  await attach(container, machine, devices);
}

async function create(name: string, machine: Machine): Promise<void> {
  const { id, publicKeys, userData, ipv6 = "" } = machine;
  const metaData = { "instance-id": id, "local-hostname": machine.name, "public-keys": publicKeys };
  await boot({
    ...{ name, image: await ensureImage(machine.image), ip: machine.privateIp },
    network: privateNetwork,
    options: [
      "--device-cgroup-rule=b 7:* rmw",
      `--label=${label}=${id}`,
      `--hostname=${machine.name}`,
      ...(ipv6 ? ["--sysctl=net.ipv6.conf.all.disable_ipv6=0"] : []),
    ],
    seed: { "meta-data": JSON.stringify(metaData), "user-data": userData, ipv6 },
  });
}

/** What the metadata service tells each machine. */
export function writeMetadata(machines: Machine[]): void {
  const folder = inHome("cloud", "metadata");
  for (const { privateIp, metadata } of machines) {
    // From the root, for what was kept may have been edited, and lead elsewhere.
    const own = path.join(folder, path.join("/", privateIp));
    rmSync(own, { recursive: true, force: true });
    for (const [name, text] of Object.entries(metadata)) {
      const file = path.join(own, path.join("/", name));
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
}
