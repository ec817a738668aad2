import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import * as path from "node:path";
import { Problem } from "./console";

/** The checkout; plugins are bundled elsewhere and are told. */
export const checkout = process.env.SNIKKET_SANDBOX_CHECKOUT ?? path.join(__dirname, "..");

/** Prefix of every container and the network's name; another name makes a second sandbox beside the first. */
export const sandboxName = process.env.SNIKKET_SANDBOX_NAME ?? "snikket-sandbox";

/** Everything of one sandbox: keys, engine home, state, records. Removed by `down`. */
export const home = path.join(
  checkout,
  sandboxName === "snikket-sandbox" ? ".sandbox" : `.sandbox-${sandboxName}`,
);

/** What is worth keeping between sandboxes, for all checkouts: engine, plugins, root file system, images. */
export const cache = (...parts: string[]): string =>
  path.join(process.env.XDG_CACHE_HOME || `${homedir()}/.cache`, "snikket-sandbox", ...parts);

/** The registry's images, kept between sandboxes: to compress them takes longer than all else about them. */
export const registryFolder = cache("registry");

/** The container of one part of the sandbox. */
export const containerName = (part: string): string => `${sandboxName}-${part}`;

/** The sandbox's network, always a /24. */
export const subnet = process.env.SNIKKET_SANDBOX_SUBNET ?? "198.51.100.0/24";

const [, second = 0, third = 0] = subnet.split(/[./]/).map(Number);
/** Its addresses by IPv6, which a cloud's machines may have, a /64, and the start of a /56. */
export const subnet6 = `2001:db8:${(second * 256 + third).toString(16)}:100::/64`;

/** Where the machine comes from: it is there already, or a cloud makes it. */
export const kinds = ["existing", "oracle", "google"] as const;
export type Kind = (typeof kinds)[number];

/** The zone the sandbox's name server answers for. */
export const zone = "family.example";

/** The domain of the chat server in the sandbox. */
export const domain = `chat.${zone}`;

/** What the sandbox's accounts in the clouds are called. */
export const account = {
  compartmentId: "ocid1.compartment.oc1..sandbox",
  project: "family-sandbox",
  /** At Cloudflare. */
  zoneId: "5a4dba05000000000000000000000001",
  apiToken: "the-sandboxes-token",
};

/** The user of every machine. */
export const machineUser = "snikket-ops";

const hosts = {
  ...{ operator: 1, dns: 2, acme: 3, registry: 4, apt: 5, machine: 20, peer: 30 },
  // Of a cloud: the way out, its container, and the first address that it hands out.
  ...{ gateway: 9, cloud: 10, reserved: 40 },
};

/** The address of one part of the sandbox. */
export function address(host: keyof typeof hosts): string {
  const match = /^(\d+\.\d+\.\d+)\.0\/24$/.exec(subnet);
  if (!match) {
    throw new Problem(
      `SNIKKET_SANDBOX_SUBNET is "${subnet}"; give a /24 such as 198.51.100.0/24.`,
      2,
    );
  }
  return `${match[1]}.${hosts[host]}`;
}

/** A path in the sandbox's folder, whose parent folders exist. */
export function inHome(...parts: string[]): string {
  const file = path.join(home, ...parts);
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  return file;
}
