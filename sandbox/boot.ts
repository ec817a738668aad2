import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { type Container, createContainer, docker } from "./docker";

export interface Boot extends Container {
  /** What cloud-init reads, by file name. Source: its documentation of NoCloud. And what ipv6.service does. */
  seed: { "meta-data": string; "user-data": string; ipv6?: string };
}

// What systemd and a nested Docker need; `--privileged` asks for more than some machines grant.
const machineOptions = [
  ...["SYS_ADMIN", "NET_ADMIN", "SYS_PTRACE"].map((capability) => `--cap-add=${capability}`),
  ...["seccomp", "apparmor"].map((filter) => `--security-opt=${filter}=unconfined`),
  ...["/run", "/tmp"].map((folder) => `--tmpfs=${folder}:exec`),
  ...["--volume=/var/lib/docker", "--volume=/sys/fs/cgroup:/sys/fs/cgroup:rw", "--cgroupns=host"],
];

/** Boots a machine from an image and user data, in place of one of the same name. */
export async function boot({ seed, options = [], ...container }: Boot): Promise<void> {
  const { name } = container;
  const own = [...machineOptions, `--hostname=${name}`, ...options];
  await createContainer({ ...container, options: own });
  await copyInto(name, "/var/lib/cloud/seed/nocloud", seed);
  await docker(["start", name]);
}

/** Writes files into a folder of a container, whether it runs or not. */
export async function copyInto(
  container: string,
  to: string,
  files: Record<string, string>,
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "snikket-files-"));
  try {
    // As cloud-init keeps what it was told.
    for (const [name, text] of Object.entries(files))
      writeFileSync(path.join(folder, name), text, { mode: 0o600 });
    await docker(["cp", `${folder}/.`, `${container}:${to}`]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
