import { mkdirSync } from "node:fs";
import { docker, ensureContainer } from "../docker";
import { ensureImage } from "../images";
import { createNetwork, findNetwork, refuseOverlap, routed } from "../network";
import { address, containerName, inHome, sandboxName, subnet, subnet6 } from "../settings";
import { metadataAddress, routerRules, routerRules6 } from "./rules";
import { freeAddress, type Machine, nthAddress, type World } from "./world";

/** The container that is the cloud itself: router, firewall, metadata service, keeper of the volumes. */
export const cloud = containerName("cloud");

/** The machines' network. */
export const privateNetwork = `${sandboxName}-private`;

/** Where it sees the folder `cloud` of the sandbox. */
export const folder = "/srv/cloud";

const options = () => [
  ...["NET_ADMIN", "SYS_ADMIN"].map((capability) => `--cap-add=${capability}`),
  ...["seccomp", "apparmor"].map((filter) => `--security-opt=${filter}=unconfined`),
  "--sysctl=net.ipv4.ip_forward=1",
  ...["--mount", `type=bind,source=${inHome("cloud")},target=${folder}`],
  // Volumes are loop devices, which belong to the whole computer.
  ...["--volume=/dev:/dev", "--device-cgroup-rule=b 7:* rmw", "--device-cgroup-rule=c 10:237 rmw"],
];

/** Runs a shell script in it; what follows are the script's arguments, from `$1` on. */
export async function inCloud(script: string, args: string[] = [], input = ""): Promise<string> {
  const shell = ["exec", "--interactive", cloud, "sh", "-euc", script, "cloud"];
  return (await docker([...shell, ...args], { input })).stdout.trim();
}

/** Starts the cloud: from then on it is the way out for everything in the sandbox. */
export async function ensureRouter(): Promise<void> {
  mkdirSync(inHome("cloud", "metadata"), { recursive: true });
  const image = await ensureImage("cloud");
  const wanted = { name: cloud, image, ip: address("cloud"), options: options() };
  if ((await ensureContainer(wanted)) === "kept") return;
  await docker(["network", "connect", "bridge", cloud]);
  const gateway = "{{.NetworkSettings.Networks.bridge.Gateway}}";
  const { stdout } = await docker(["inspect", "-f", gateway, cloud]);
  await inCloud('ip route replace default via "$1"', [stdout.trim()]);
  await route({ machines: [] });
}

/** A public address that is nobody's yet. */
export const freePublicAddress = (taken: unknown[]): string =>
  freeAddress(subnet, Number(address("reserved").split(".").at(-1)), taken);

/** Lets through what the world's rules say, to the machines' public addresses and from them. */
export async function route(world: Pick<World, "subnet" | "machines">): Promise<void> {
  if (world.subnet) await ensurePrivateNetwork(world.subnet);
  const own = [address("gateway"), metadataAddress];
  if (world.subnet) own.push(nthAddress(world.subnet, 1));
  const all = [...own, ...world.machines.flatMap(({ publicIp }) => publicIp ?? [])];
  const rules = routerRules(world, { internet: subnet, dns: address("dns") });
  await inCloud(`iptables-restore\n${takeAddresses}`, all, rules);
  await routeByIpv6(world.machines);
}

// An interface answers for the addresses of every other one.
const takeAddresses = `for old in $(ip -o -4 address show dev lo scope global | awk '{print $4}'); do
    case " $* " in *" \${old%/32} "*) ;; *) ip address delete "$old" dev lo ;; esac
  done
  for new; do ip address replace "$new/32" dev lo; done`;

/** Between those on the internet that have IPv6, and machines that have it. */
async function routeByIpv6(machines: Machine[]): Promise<void> {
  const all = machines.flatMap(({ privateIp, ipv6 }) => (ipv6 ? [`${privateIp}=${ipv6}`] : []));
  if (all.length === 0) return;
  const script = `ip6tables-restore\n${takeIpv6}`;
  await inCloud(script, [subnet6, address("dns"), ...all], routerRules6(machines));
}

// Docker has it switched off; outside, the router answers for the machines.
const takeIpv6 = `mount -o remount,rw /proc/sys
  cd /proc/sys/net/ipv6/conf/all; echo 0 >disable_ipv6; echo 1 >forwarding; echo 1 >proxy_ndp
  towards() { ip -o route get "$1" | grep -o 'dev [^ ]*'; }
  outside=$(towards "$2")
  ip -6 route replace "$1" $outside
  shift 2
  for machine; do
    inside=$(towards "\${machine%=*}") ip=\${machine#*=}
    ip -6 address replace fe80::1/64 $inside nodad
    ip -6 route replace "$ip" $inside
    ip -6 neighbour replace proxy "$ip" $outside
  done`;

/** The router's own address in it is the last but one, the computer's the last. */
async function ensurePrivateNetwork(subnet: string): Promise<void> {
  if (!(await findNetwork(privateNetwork))) {
    await refuseOverlap(
      `The network ${subnet} of the cloud's machines`,
      subnet,
      "The sandbox needs it for itself: leave that network, or run this on another computer.",
    );
    const computer = ["--gateway", nthAddress(subnet, 254)];
    const options = [...computer, ...routed(nthAddress(subnet, 1))];
    await createNetwork(privateNetwork, subnet, options);
  }
  const format = `{{index .NetworkSettings.Networks "${privateNetwork}"}}`;
  const connected = (await docker(["inspect", "-f", format, cloud])).stdout.trim();
  if (connected !== "<nil>" && connected !== "<no value>") return;
  const ip = nthAddress(subnet, 253);
  await docker(["network", "connect", "--ip", ip, privateNetwork, cloud]);
}
