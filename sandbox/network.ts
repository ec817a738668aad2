import { readFileSync } from "node:fs";
import { Problem } from "./console";
import { docker, labels } from "./docker";
import { address, checkout, sandboxName, subnet } from "./settings";

/** Makes sure that the sandbox's network is there, and this checkout's. */
export async function ensureNetwork(): Promise<void> {
  const format = `{{index .Labels "snikket-sandbox.checkout"}}\n{{(index .IPAM.Config 0).Subnet}}`;
  const found = await docker(["network", "inspect", "-f", format, sandboxName], { mayFail: true });
  if (found.code !== 0) return createNetwork();
  const [owner, current] = found.stdout.trim().split("\n");
  if (owner !== checkout) {
    throw new Problem(
      `A sandbox of ${owner} is on this machine. Run "npm run sandbox -- down" there first; or set SNIKKET_SANDBOX_NAME and SNIKKET_SANDBOX_SUBNET to have two.`,
    );
  }
  if (current !== subnet) {
    throw new Problem(
      `The sandbox runs in ${current}, not in ${subnet}. Run "npm run sandbox -- down" first.`,
    );
  }
}

async function createNetwork(): Promise<void> {
  await refuseOverlap(address("operator"));
  // Networks nested in others' have less room for a packet than they think.
  const options = ["--subnet", subnet, "--opt", "com.docker.network.driver.mtu=1400"];
  const owner = ["--label", `snikket-sandbox.checkout=${checkout}`];
  await docker(["network", "create", ...options, ...labels, ...owner, sandboxName]);
}

/** Removes the network; one that is not there is fine. */
export async function removeNetwork(): Promise<void> {
  const { code, stderr } = await docker(["network", "rm", sandboxName], { mayFail: true });
  if (code !== 0 && !/not found|No such network/i.test(stderr)) throw new Problem(stderr.trim());
}

/** @param first the first address of the subnet */
async function refuseOverlap(first: string): Promise<void> {
  const from = Buffer.from(first.split(".").map(Number)).readUInt32BE();
  const taken = routes().find((route) => route.from <= from + 254 && from <= route.to);
  if (!taken) return;
  // Docker names a network's bridge "br-" and the start of the network's id.
  const id = taken.device.replace(/^br-/, "");
  const found = await docker(["network", "inspect", "-f", "{{.Name}}", id], { mayFail: true });
  const by = found.code === 0 ? `Docker's network ${found.stdout.trim()}` : taken.device;
  throw new Problem(
    `The sandbox's subnet ${subnet} is in use here, by ${by}. Choose another /24: SNIKKET_SANDBOX_SUBNET=198.18.77.0/24 npm run sandbox`,
  );
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
