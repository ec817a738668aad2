import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { MachineArgs } from "../../sandbox/machine";
import { dockerRepository } from "../../sandbox/services";
import { domain, inHome, machineUser } from "../../sandbox/settings";
import { sandbox } from "./measure";

/** Why there is no comparison here, if there is none. */
export const withoutAnsible = (): string | undefined =>
  spawnSync("ansible-playbook", ["--version"]).status === 0
    ? undefined
    : "no ansible-playbook on this computer";

/** What the playbook puts on the machine: the very files of a machine that was deployed by `up`. */
export interface Playbook {
  run(machine: MachineArgs): void;
  remove(): void;
}

const files = ["snikket.conf", "docker-compose.yml", ".env", "ca/acme-root.pem"];

/** Takes the configuration from the sandbox's deployed machine. */
export function playbookLikeStack(): Playbook {
  const folder = mkdtempSync(path.join(tmpdir(), "ansible-"));
  mkdirSync(path.join(folder, "ca"));
  for (const file of files) {
    const text = sandbox("ssh", `sudo cat /etc/snikket/${file}`);
    writeFileSync(path.join(folder, file), text, { mode: 0o600 });
  }
  const variables = path.join(folder, "variables.json");
  const docker_version = sandbox("ssh", "dpkg-query --show docker-ce | cut -f 2").trim();
  const given = { domain, files: folder, docker_url: dockerRepository, docker_version };
  writeFileSync(variables, JSON.stringify(given));
  return {
    run: ({ ip }) => play(ip, variables),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function play(ip: string, variables: string): void {
  const known = `-o UserKnownHostsFile=${inHome("keys", "known_hosts")}`;
  const args = [
    ...["--inventory", `${ip},`, "--user", machineUser, "--extra-vars", `@${variables}`],
    ...["--private-key", inHome("keys", "id_ed25519")],
    path.join(__dirname, "playbook.yml"),
  ];
  // As its own guide to speed has it. Source: docs.ansible.com, "pipelining".
  const fast = {
    ANSIBLE_PIPELINING: "true",
    ANSIBLE_SSH_ARGS: `-o ControlMaster=auto -o ControlPersist=60s ${known}`,
  };
  const env = { ...process.env, ...fast };
  const { status, stdout, stderr } = spawnSync("ansible-playbook", args, { env, encoding: "utf8" });
  if (status !== 0) throw new Error(`ansible-playbook ended with ${status}:\n${stdout}${stderr}`);
}
