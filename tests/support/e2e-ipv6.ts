import { docker } from "../../sandbox/docker";
import { containerName, sandboxName, subnet6 } from "../../sandbox/settings";
import { command, expectDone } from "./e2e";

const inside = (host: string): string => subnet6.replace("/64", host);

/** Who has IPv6 on the sandbox's internet: this computer, somebody else, and the authority. */
export const addresses = { operator: inside("1"), peer: inside("2"), acme: inside("3") };

/** Gives it to them until the sandbox is removed. By root alone: Docker would have this computer forward everybody's packets. */
export async function bringIpv6(): Promise<void> {
  const { stdout } = await docker(["network", "inspect", "-f", "{{.Id}}", sandboxName]);
  await asRoot([], `br-${stdout.slice(0, 12)}`, addresses.operator);
  for (const part of ["peer", "acme"] as const) {
    const { stdout: pid } = await docker(["inspect", "-f", "{{.State.Pid}}", containerName(part)]);
    await asRoot(["nsenter", "--net", "--target", pid.trim()], "eth0", addresses[part]);
  }
}

async function asRoot(where: string[], device: string, address: string): Promise<void> {
  const script = `echo 0 >"/proc/sys/net/ipv6/conf/$1/disable_ipv6"
    ip -6 address replace "$2/64" dev "$1" nodad`;
  const [program = "", ...args] = [...where, "sh", "-euc", script, "ipv6", device, address];
  expectDone(await command(program, args));
}
