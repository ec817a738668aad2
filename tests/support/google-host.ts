import type { GoogleHostArgs } from "../../components/host/google/google-host";
import { keysAreMade, type MadeHosts, makeHosts, usual } from "./hosts";

/** Where Google's images are. */
export const images =
  "https://www.googleapis.com/compute/v1/projects/ubuntu-os-cloud/global/images";

const args: GoogleHostArgs = {
  ...usual,
  project: "family-chat-471203",
  zone: "us-east1-b",
  machineType: "e2-micro",
  bootDiskGb: 12,
  dataDiskGb: 18,
  networkTier: "STANDARD",
};

/** The ids of the disks that there are. */
export const disks = new Set<string>();
const made: string[] = [];
/** What Google had made when it said which zones and machine types it has. */
export const madeBefore: string[] = [];
/** Zones of which it was asked for the machine types. */
export const askedForTypes: string[] = [];
/** Later than all else. */
async function later(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  madeBefore.push(...made);
}

export const cloud = {
  made: {
    ...keysAreMade,
    "gcp:compute/network:Network": ({ name }: { name: string }) => {
      made.push(name);
      return {};
    },
    "gcp:compute/address:Address": ({ inputs }: { inputs: { ipVersion?: string } }) => ({
      address: inputs.ipVersion === "IPV6" ? "2001:db8:1::" : "198.51.100.9",
    }),
    "gcp:compute/disk:Disk": ({ name }: { name: string }) => {
      made.push(name);
      return { selfLink: "disks/data" };
    },
    "gcp:compute/instance:Instance": () => ({ instanceId: "4711" }),
    "pulumi:index:Stash": ({ inputs }: { inputs: { input: string } }) => ({ output: inputs.input }),
  },
  asked: {
    "gcp:compute/getImage:getImage": ({ project, family }: Record<string, string>) => ({
      selfLink: `${images}/${project}/${family}`,
    }),
    "gcp:compute/getDisk:getDisk": async ({ project, zone, name }: Record<string, string>) => {
      const id = `projects/${project}/zones/${zone}/disks/${name}`;
      if (!disks.has(id)) throw new Error(`${id} not found`);
      return { id };
    },
    "gcp:compute/getZones:getZones": async ({ project, region }: Record<string, string>) => {
      await later();
      return { names: project === args.project ? [`${region}-b`, `${region}-c`] : [] };
    },
    "gcp:compute/getMachineTypes:getMachineTypes": async ({
      project,
      zone,
    }: Record<string, string>) => {
      askedForTypes.push(zone ?? "");
      await later();
      return { machineTypes: project === args.project ? [{ name: "e2-small" }] : [] };
    },
  },
};

function create(name: string, args: GoogleHostArgs) {
  const { GoogleHost } =
    require("../../components/host/google/google-host") as typeof import("../../components/host/google/google-host");
  return new GoogleHost(name, args);
}

/** Makes a host in Google Cloud, and others in the same project. */
export function makeGoogle(
  change?: Partial<GoogleHostArgs>,
  others?: Record<string, Partial<GoogleHostArgs>>,
): Promise<MadeHosts> {
  for (const seen of [made, madeBefore, askedForTypes]) seen.length = 0;
  return makeHosts({ create, args, cloud }, change, others);
}
