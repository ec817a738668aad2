/**
 * What the `gcp` plugin plans. Its declarations say of few inputs that they make another resource:
 * the others stand here, as the provider has them.
 */
import type { Invoke } from "../frame";
import type { Properties, Rules } from "../model";
import { every } from "../store";

const say = (replaces: boolean, names: string[]) =>
  Object.fromEntries(names.map((name) => [name, replaces]));
const these = (...names: string[]) => say(true, names);
const notThese = (...names: string[]) => say(false, names);
const allBut = (...names: string[]) => ({ "*": true, ...notThese("deletionPolicy", ...names) });

const shrinks = (old: Properties, now: Properties) => Number(now.size) < Number(old.size);

export const models: Record<string, Rules> = {
  "gcp:compute/network:Network": {
    replaces: {
      ...these("name", "project", "description", "autoCreateSubnetworks", "internalIpv6Range"),
      ...these("networkProfile", "params"),
    },
  },
  "gcp:compute/subnetwork:Subnetwork": {
    replaces: {
      ...these("name", "project", "region", "network", "description", "ipCidrRange", "params"),
      ...these("externalIpv6Prefix", "internalIpv6Prefix", "reservedInternalRange"),
      ...these("resolveSubnetMask"),
    },
  },
  "gcp:compute/firewall:Firewall": {
    replaces: these("name", "project", "direction", "params"),
  },
  "gcp:compute/address:Address": { replaces: allBut("labels") },
  "gcp:compute/disk:Disk": {
    replaces: {
      ...allBut("accessMode", "labels", "provisionedIops", "provisionedThroughput"),
      ...notThese("createSnapshotBeforeDestroy", "createSnapshotBeforeDestroyPrefix"),
      size: shrinks,
    },
  },
  "gcp:compute/instance:Instance": {
    replaces: {
      ...these("project", "zone", "bootDisk", "scratchDisks", "guestAccelerators", "params"),
      ...these("confidentialInstanceConfig", "networkPerformanceConfig", "reservationAffinity"),
      ...these("keyRevocationActionType", "instanceEncryptionKey"),
      ...notThese("bootDisk.autoDelete", "bootDisk.interface"),
      ...notThese("bootDisk.initializeParams.labels"),
      // One interface more or less makes another machine; most of what is in one does not.
      ...these("networkInterfaces", "networkInterfaces.nicType", "networkInterfaces.queueCount"),
      ...these("networkInterfaces.networkAttachment", "networkInterfaces.vlan"),
      ...these("networkInterfaces.ipv6AccessConfigs"),
      ...notThese("networkInterfaces.*"),
    },
  },
};

const images = "https://www.googleapis.com/compute/v1/projects/ubuntu-os-cloud/global/images";

/** The newest Ubuntu image of a family such as `ubuntu-2404-lts-amd64`. */
const getImage: Invoke = ({ family = "ubuntu-2404-lts-amd64", name, ...args }) => {
  const called = name ?? `${family}-v20261001`;
  const id = `projects/ubuntu-os-cloud/global/images/${called}`;
  const known = { selfLink: `${images}/${called}`, diskSizeGb: 10, status: "READY" };
  return { project: "ubuntu-os-cloud", ...args, ...known, id, family, name: called };
};

export const invokes: Record<string, Invoke> = {
  "gcp:compute/getImage:getImage": getImage,
  // A plan refuses no zone that there could be.
  "gcp:compute/getZones:getZones": ({ region }) => ({
    names: [..."abcdef"].map((letter) => `${region}-${letter}`),
  }),
  // What is not there is an error to this plugin.
  "gcp:compute/getDisk:getDisk": ({ name }, { resources }) =>
    every(resources(), "Disk").find((disk) => disk.name === name) ??
    Promise.reject(new Error(`disk ${name} not found`)),
  // A plan refuses no machine type: it knows none.
  "gcp:compute/getMachineTypes:getMachineTypes": () => ({ machineTypes: [] }),
};
