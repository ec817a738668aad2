import { ensureImage } from "../../sandbox/images";
import { type Group, startGroup } from "./contract-containers";
import { type Plugin, type Properties, pluginPair, startPlugin } from "./contract-plugin";
import { eventually } from "./eventually";
import { type SshKey, sshKey } from "./ssh-keys";

export const commandPlugins = pluginPair("command", true);

/** Without the agent of whoever runs the tests: one that does not answer fails every connection. */
export function startCommandPlugin(program: string): Promise<Plugin> {
  const { SSH_AUTH_SOCK: _, ...env } = process.env;
  return startPlugin(program, { env });
}

/** The value as the engine hands a secret over. */
export const secret = (value: unknown): Properties => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

/** A machine with nothing but a stock OpenSSH server. */
export interface Machine {
  group: Group;
  userKey: SshKey;
  connection: Properties;
}

/** Debian's own configuration, but for the penalty on clients that failed before: tests fail often. */
const sshd = `install -d -m 700 /run/sshd /root/.ssh; ssh-keygen -q -A
  exec /usr/sbin/sshd -D -e -o PerSourcePenalties=no`;

export async function startMachine(): Promise<Machine> {
  const group = await startGroup();
  const userKey = sshKey();
  await group.start("machine", await ensureImage("machine"), { command: ["sh", "-c", sshd] });
  await listening(group);
  await group.shell("machine", "cat >/root/.ssh/authorized_keys", userKey.publicKey);
  const line = await group.shell("machine", "cat /etc/ssh/ssh_host_ed25519_key.pub");
  const hostKey = line.split(" ").slice(0, 2).join(" ");
  const limits = { dialErrorLimit: 1, perDialTimeout: 15 };
  const { privateKey } = userKey;
  return {
    group,
    userKey,
    connection: { host: group.ip, port: 22, user: "root", privateKey, hostKey, ...limits },
  };
}

/** Waits until the SSH server answers. */
export const listening = (group: Group): Promise<string> =>
  eventually(() => group.shell("network", "ss -Hltn 'sport = :22' | grep -q ."));
