import type { Server } from "../../sandbox/chat/server";
import { newKey } from "../../sandbox/keys";
import type { MachineArgs } from "../../sandbox/machine";
import type { SandboxRecord } from "../../sandbox/records";
import { address, containerName, machineUser, zone } from "../../sandbox/settings";
import { expectDone, onMachine, server } from "./e2e";
import { emptyState, pulumi, stackFileWith } from "./e2e-stack";

/** A second machine, as its provider delivers it, for a family that begins. */
export const newMachine: MachineArgs = {
  name: containerName("new"),
  ip: address("machine").replace(/\d+$/, "41"),
  key: newKey("new"),
  hostKey: newKey("new"),
};

/** Runs a shell script there, as root. */
export const onNewMachine = (script: string): Promise<string> => onMachine(script, newMachine);

/** The family's domain. */
export const newDomain = `new.${zone}`;

export const newRecords: SandboxRecord[] = [
  { name: newDomain, type: "A", value: newMachine.ip },
  { name: `groups.${newDomain}`, type: "CNAME", value: newDomain },
  { name: `share.${newDomain}`, type: "CNAME", value: newDomain },
];

/** Their server, as its people know it. */
export const newServer = (): Server => ({ ...server(), domain: newDomain, ipv4: newMachine.ip });

/** A stack on the new machine, whose state knows nothing yet. */
export interface NewStack {
  stackFile: string;
  env: Record<string, string>;
}

export async function newStack(label: string, changes: Record<string, unknown>): Promise<NewStack> {
  const env = await emptyState(label);
  const { ip, key, hostKey } = newMachine;
  const host = { provider: "existing", address: ip, user: machineUser };
  const stackFile = stackFileWith(label, {
    host: { ...host, hostKey: hostKey.public.trim() },
    ...changes,
  });
  const set = ["config", "set", "--secret", "snikket:sshPrivateKey"];
  expectDone(await pulumi(set, { stackFile, env, input: key.private }));
  return { env, stackFile };
}
