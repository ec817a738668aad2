import { createContainer, docker, removeContainer } from "../../sandbox/docker";
import { ensureImage } from "../../sandbox/images";
import { address, containerName } from "../../sandbox/settings";
import { command, expectDone } from "./e2e";

const name = containerName("in-between");

/** Takes what comes for the address, whoever it is for. */
const takeOver = `mkdir -p /run/sshd; ssh-keygen -A
  iptables -t nat -A PREROUTING -d "$1" -p tcp --dport 22 -j REDIRECT
  exec /usr/sbin/sshd -D -e -o LogLevel=DEBUG1`;

/** Somebody on the way to an address who answers for it by SSH, with a host key of their own. */
export interface Stranger {
  /** Their server's log of what they were told. */
  heard(): Promise<string>;
  leave(): Promise<void>;
}

/** Leads what this computer sends to an address to somebody else, as a router on the way could. */
export async function standBetween(ipv4: string): Promise<Stranger> {
  const ip = address("peer").replace(/\d+$/, "200");
  const image = await ensureImage("machine-oracle");
  const options = ["--cap-add=NET_ADMIN", "--entrypoint=sh"];
  const sh = ["-euc", takeOver, "in-between", ipv4];
  await createContainer({ ...{ name, image, ip, options }, command: sh });
  await docker(["start", name]);
  const route = (verb: string) => command("ip", ["route", verb, `${ipv4}/32`, "via", ip]);
  expectDone(await route("replace"));
  return {
    async heard() {
      const { stdout, stderr } = await docker(["logs", name]);
      return `${stdout}${stderr}`;
    },
    async leave() {
      expectDone(await route("delete"));
      await removeContainer(name);
    },
  };
}
