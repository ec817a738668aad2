import { readFileSync } from "node:fs";
import { Problem } from "./console";
import { docker, labels } from "./docker";
import { address, checkout, type Kind, sandboxName, subnet } from "./settings";

/** Makes sure that the sandbox's network is there, and this checkout's, for this kind of sandbox. */
export async function ensureNetwork(kind: Kind = "existing"): Promise<void> {
  const found = await findNetwork(sandboxName);
  if (!found) return createOwnNetwork(kind);
  const { "snikket-sandbox.checkout": owner, "snikket-sandbox.kind": standing = "existing" } =
    found.labels;
  if (owner !== checkout) throw ofAnother(owner);
  if (found.subnet !== subnet) {
    throw new Problem(
      `The sandbox runs in ${found.subnet}, not in ${subnet}. Run "npm run sandbox -- down" first.`,
    );
  }
  if (standing !== kind) {
    throw new Problem(
      `This sandbox was started ${options(standing)}, not ${options(kind)}. Run "npm run sandbox -- down" first.`,
    );
  }
}

export const ofAnother = (checkout = "somebody else"): Problem =>
  new Problem(
    `A sandbox of ${checkout} is on this machine. Run "npm run sandbox -- down" there first; or set SNIKKET_SANDBOX_NAME and SNIKKET_SANDBOX_SUBNET to have two.`,
  );

const options = (kind: string): string =>
  kind === "existing" ? "without --cloud" : `with --cloud ${kind}`;

/** The other checkout whose sandbox has this one's name, if there is one. */
export async function otherOwner(): Promise<string | undefined> {
  const owner = (await findNetwork(sandboxName))?.labels["snikket-sandbox.checkout"];
  return owner === checkout ? undefined : owner;
}

/** One of Docker's networks, by its name. */
export async function findNetwork(
  name: string,
): Promise<{ subnet: string; labels: Record<string, string> } | undefined> {
  const format = "{{json .Labels}}\n{{(index .IPAM.Config 0).Subnet}}";
  const { code, stdout } = await docker(["network", "inspect", "-f", format, name], {
    mayFail: true,
  });
  const [labels = "", subnet = ""] = stdout.trim().split("\n");
  return code === 0 ? { subnet, labels: JSON.parse(labels) } : undefined;
}

async function createOwnNetwork(kind: Kind): Promise<void> {
  const remedy = "Choose another /24: SNIKKET_SANDBOX_SUBNET=198.18.77.0/24 npm run sandbox";
  await refuseOverlap(`The sandbox's subnet ${subnet}`, subnet, remedy);
  const owner = ["--label", `snikket-sandbox.checkout=${checkout}`];
  if (kind === "existing") return createNetwork(sandboxName, subnet, owner);
  const named = ["--label", `snikket-sandbox.kind=${kind}`];
  await createNetwork(sandboxName, subnet, [...owner, ...named, ...routed(address("gateway"))]);
}

/** Options of a network whose way out is a container; the computer must not hide who sends. */
export const routed = (gateway: string): string[] => [
  ...["--aux-address", `DefaultGatewayIPv4=${gateway}`],
  ...["--opt", "com.docker.network.bridge.enable_ip_masquerade=false"],
];

/** Creates one of Docker's networks. */
export async function createNetwork(
  name: string,
  subnet: string,
  options: string[],
): Promise<void> {
  // Networks nested in others' have less room for a packet than they think.
  const room = ["--subnet", subnet, "--opt", "com.docker.network.driver.mtu=1400"];
  await docker(["network", "create", ...room, ...labels, ...options, name]);
}

/** Removes a network; one that is not there is fine. */
export async function removeNetwork(name = sandboxName): Promise<void> {
  await forgetGone(name);
  const { code, stderr } = await docker(["network", "rm", name], { mayFail: true });
  if (code !== 0 && !/not found|No such network/i.test(stderr)) throw new Problem(stderr.trim());
}

/** Docker now and then keeps the place of a container that is gone, and the network with it; it then lists it as "ep-…". */
async function forgetGone(network: string): Promise<void> {
  const format = "{{range $id, $place := .Containers}}{{$id}} {{$place.Name}}\n{{end}}";
  const { stdout } = await docker(["network", "inspect", "-f", format, network], { mayFail: true });
  for (const [, gone = ""] of stdout.matchAll(/^ep-\S* (.*)$/gm)) {
    await docker(["network", "disconnect", "--force", network, gone]);
  }
}

/** Throws where this computer uses a subnet already. */
export async function refuseOverlap(what: string, subnet: string, remedy: string): Promise<void> {
  const [first = "", bits] = subnet.split("/");
  const from = Buffer.from(first.split(".").map(Number)).readUInt32BE();
  const to = from + 2 ** (32 - Number(bits)) - 1;
  const taken = routes().find((route) => route.from <= to && from <= route.to);
  if (!taken) return;
  // Docker names a network's bridge "br-" and the start of the network's id.
  const id = taken.device.replace(/^br-/, "");
  const found = await docker(["network", "inspect", "-f", "{{.Name}}", id], { mayFail: true });
  const by = found.code === 0 ? `Docker's network ${found.stdout.trim()}` : taken.device;
  throw new Problem(`${what} is in use here, by ${by}. ${remedy}`);
}

/** The kernel's routes but the default one. Source: /proc/net/route, addresses as little-endian hex. */
function routes(): { device: string; from: number; to: number }[] {
  const rows = readFileSync("/proc/net/route", "utf8").trim().split("\n").slice(1);
  return rows.flatMap((row) => {
    const [device = "", destination, , , , , , mask] = row.split("\t");
    const size = 0xffffffff - number(mask);
    return size === 0xffffffff
      ? []
      : [{ device, from: number(destination), to: number(destination) + size }];
  });
}

const number = (hex = "0"): number => Buffer.from(hex, "hex").readUInt32LE();
