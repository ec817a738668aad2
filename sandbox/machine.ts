import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { type Boot, boot } from "./boot";
import { Problem, step } from "./console";
import { docker } from "./docker";
import { type Debian, ensureImage } from "./images";
import { type KeyPair, newKey } from "./keys";
import { address, containerName, home, inHome, machineUser } from "./settings";

export interface MachineArgs {
  /** Name of the container. */
  name: string;
  ip: string;
  /** @default machineUser */
  user?: string;
  /** Who may log in as the machine's user. */
  key: KeyPair;
  hostKey: KeyPair;
  /** @default trixie */
  debian?: Debian;
}

/** Boots a machine, in place of one of the same name, and waits until it can be used. */
export async function createMachine(args: MachineArgs): Promise<void> {
  const { name, ip } = args;
  const image = await ensureImage("machine", false, args.debian);
  await step(`machine ${ip}`, async () => {
    await boot({ name, image, ip, seed: seed(args) });
    await untilReady(args);
  });
}

/** Restarts a machine, or starts it again, and waits until it can be used. */
export async function rebootMachine(args: MachineArgs): Promise<void> {
  await step(`machine ${args.ip}`, async () => {
    await docker(["restart", "--time", "30", args.name]);
    await untilReady(args);
  });
}

function seed({ name, key, hostKey }: MachineArgs): Boot["seed"] {
  const user = { name: machineUser, shell: "/bin/bash", sudo: "ALL=(ALL) NOPASSWD:ALL" };
  const userData = {
    users: [{ ...user, ssh_authorized_keys: [key.public] }],
    // Debian 12's fails over a locale that is not installed.
    locale: false,
    ssh_keys: { ed25519_private: hostKey.private, ed25519_public: hostKey.public },
    // At each boot: Docker writes a resolver of its own into the file.
    bootcmd: [`echo nameserver ${address("dns")} >/etc/resolv.conf`],
  };
  return {
    "meta-data": JSON.stringify({ "instance-id": name }),
    "user-data": `#cloud-config\n${JSON.stringify(userData)}\n`,
  };
}

/** Waits until its first boot is over and SSH answers. */
async function untilReady({ name }: MachineArgs): Promise<void> {
  const ready = ["exec", name, "timeout", "85", "bash", "-c", isReady];
  const { code, stdout } = await docker(ready, { mayFail: true, timeout: 90 });
  if (code !== 0) {
    throw new Problem(
      `The machine ${name} did not start within 90 s (${stdout.trim()}). Look at: docker exec ${name} journalctl -b`,
    );
  }
}

// 2 says that it worked with complaints.
const isReady = `cloud-init status --wait || [ $? = 2 ] || exit
  until head -c 4 </dev/tcp/127.0.0.1/22 | grep -q SSH-; do sleep 0.25; done`;

const machineFile = path.join(home, "machine.json");

/** The machine of this sandbox, where it has one. */
export function knownMachine(): (MachineArgs & { id: string }) | undefined {
  return existsSync(machineFile) ? JSON.parse(readFileSync(machineFile, "utf8")) : undefined;
}

/** The machine that was there, running, or a new one. */
export async function ensureMachine(): Promise<MachineArgs> {
  const known = knownMachine();
  const [id, running] = await inspectMachine();
  if (!known || known.id !== id) return rebuildMachine();
  if (running !== "true") await rebootMachine(known);
  return known;
}

/** A new, empty machine at the same address, with a new host key. */
export async function rebuildMachine(debian: Debian = "trixie"): Promise<MachineArgs> {
  const before = knownMachine();
  rmSync(machineFile, { force: true });
  const machine: MachineArgs = {
    ...{ name: containerName("machine"), ip: address("machine") },
    key: before?.key ?? newKey("sandbox"),
    hostKey: newKey("machine"),
    debian,
  };
  await createMachine(machine);
  // Last: a machine that was not finished is not known, and is made again.
  const [id = ""] = await inspectMachine();
  keepMachine({ ...machine, id });
  return machine;
}

/** Is there once two people have talked over the machine. */
export const talkedFile = path.join(home, "talked");

/** From now on it is the machine of this sandbox, and nobody has talked over it. */
export function keepMachine(machine: MachineArgs & { id: string }): void {
  rmSync(talkedFile, { force: true });
  writeFileSync(inHome("keys", "id_ed25519"), machine.key.private, { mode: 0o600 });
  writeFileSync(inHome("keys", "known_hosts"), `${machine.ip} ${machine.hostKey.public}\n`);
  writeFileSync(machineFile, JSON.stringify(machine), { mode: 0o600 });
}

async function inspectMachine(): Promise<string[]> {
  const format = ["inspect", "-f", "{{.Id}} {{.State.Running}}", containerName("machine")];
  return (await docker(format, { mayFail: true })).stdout.trim().split(" ");
}
