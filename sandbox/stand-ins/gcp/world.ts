/** What Google's resources mean for the world. Pure. */
import type { Machine, Rule, World } from "../../cloud/world";
import type { Properties } from "../model";
import { every, isNamed, type Resource } from "../store";

/** What of an instance matters here. Source, as for all below: the SDK's own types. */
export interface Instance extends Properties {
  id: string;
  name: string;
  instanceId: string;
  desiredStatus?: string;
  metadata?: Record<string, string>;
  networkInterfaces: { subnetwork: string; accessConfigs?: { natIp?: string }[] }[];
  attachedDisks?: { source: string; deviceName: string }[];
  /** Where the machine is in its network. */
  privateIp: string;
}

interface Firewall extends Properties {
  id: string;
  network: string;
  direction?: string;
  allows: { protocol: string; ports?: string[] }[];
  sourceRanges: string[];
}

export const googleWorld = (all: Resource[]): World => ({
  subnet: every(all, "Subnetwork")[0]?.ipCidrRange,
  machines: every<Instance>(all, "Instance").map((instance) => machine(instance, all)),
  volumes: every(all, "Disk").map(({ id, size }) => ({ id, gb: Number(size) })),
});

function machine(instance: Instance, all: Resource[]): Machine {
  const { metadata = {}, networkInterfaces, attachedDisks = [] } = instance;
  const [{ subnetwork = "", accessConfigs = [] } = {}] = networkInterfaces;
  const network = every(all, "Subnetwork").find(({ id }) => isNamed(id, subnetwork))?.network;
  const disks = attachedDisks.flatMap(({ source, deviceName }) => {
    const disk = every(all, "Disk").find(({ id }) => isNamed(id, source));
    return disk ? [[disk.id, `/dev/disk/by-id/google-${deviceName}`]] : [];
  });
  const folder = "computeMetadata/v1/instance/attributes";
  const told = Object.entries(metadata).map(([key, text]) => [`${folder}/${key}`, text]);
  return {
    ...{ id: instance.instanceId, name: instance.name, image: "machine-google" },
    running: (instance.desiredStatus ?? "RUNNING") === "RUNNING",
    privateIp: instance.privateIp,
    publicIp: accessConfigs[0]?.natIp,
    metadata: Object.fromEntries(told),
    publicKeys: keysOf(metadata["ssh-keys"], "ubuntu"),
    userData: metadata["user-data"] ?? "",
    rules: [...inFirewalls(all, network), { direction: "out", protocol: "all", peer: "0.0.0.0/0" }],
    attached: Object.fromEntries(disks),
  };
}

/** Lines of `user:key`. */
const keysOf = (lines = "", user: string): string[] =>
  lines
    .split("\n")
    .filter((line) => line.startsWith(`${user}:`))
    .map((line) => line.slice(user.length + 1).trim());

/** What comes in; there is no IPv6 in the world. */
const inFirewalls = (all: Resource[], network: string | undefined): Rule[] =>
  every<Firewall>(all, "Firewall")
    .filter((firewall) => firewall.network === network && firewall.direction !== "EGRESS")
    .flatMap(({ allows, sourceRanges }) =>
      sourceRanges
        .filter((peer) => !peer.includes(":"))
        .flatMap((peer) => allows.flatMap((allowed) => meaning(peer, allowed))),
    );

const meaning = (peer: string, { protocol, ports = [""] }: Firewall["allows"][number]): Rule[] =>
  ports.map((range) => {
    const [from, to = from] = range.split("-").map(Number);
    return {
      ...{ direction: "in", protocol: protocol as Rule["protocol"], peer },
      ports: from && to ? [from, to] : undefined,
    };
  });
