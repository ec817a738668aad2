import { regionOf, zonesOf } from "./regions";

/** What a stack asks Google Cloud for; sizes in GB. */
export interface GoogleWish {
  /** As `us-east1-b`; the part before the last dash is its region. */
  zone: string;
  machineType: string;
  bootDiskGb: number;
  dataDiskGb: number;
  networkTier: "STANDARD" | "PREMIUM";
  ipv6: boolean;
  allowPaid: boolean;
}

/** What is wrong with one key of a wish, and what to do. */
interface GoogleProblem {
  key: keyof GoogleWish;
  message: string;
}

/** The only machine type that is free. */
export const freeMachineType = "e2-micro";
/** The only kind of disk that is. */
export const freeDiskType = "pd-standard";
/** Free for each billing account. Source: cloud.google.com/free/docs/free-cloud-features (2026). */
export const free = {
  diskGb: 30,
  zones: ["us-west1", "us-central1", "us-east1"].flatMap(zonesOf),
  /** Traffic to the internet in a month. */
  trafficGb: { STANDARD: 200, PREMIUM: 1 },
};

/** The default sizes: together just what is free. */
export const usualDiskGb = { boot: 12, data: 18 };

/** What of a wish is beyond the free tier, unless it may cost money: limit, value and remedy of each. */
export function googleFreeTierProblems(wish: GoogleWish): GoogleProblem[] {
  if (wish.allowPaid) return [];
  const problems: [keyof GoogleWish, string | undefined][] = [
    ["machineType", machineProblem(wish)],
    ["zone", regionProblem(wish)],
    [wish.bootDiskGb > usualDiskGb.boot ? "bootDiskGb" : "dataDiskGb", diskProblem(wish)],
    ["networkTier", trafficProblem(wish)],
  ];
  const paid = problems.flatMap(([key, problem]) =>
    problem ? [{ key, message: `${problem}, or allowPaid: true if it may cost money` }] : [],
  );
  return [...unknownZone(wish), ...paid];
}

function machineProblem({ machineType }: GoogleWish): string | undefined {
  if (machineType === freeMachineType) return undefined;
  return `is ${machineType}, and Google's only free machine is ${freeMachineType}; set that`;
}

function regionProblem({ zone }: GoogleWish): string | undefined {
  if (zonesBeside(zone).length) return undefined;
  return `is ${zone}, and Google's free machine is only in ${free.zones.join(", ")}; set one of these`;
}

function unknownZone({ zone }: GoogleWish): GoogleProblem[] {
  const known = zonesBeside(zone);
  if (!known.length || known.includes(zone)) return [];
  const message = `is ${zone}, which is no zone of ${regionOf(zone)}; set one of ${known.join(", ")}`;
  return [{ key: "zone", message }];
}

/** The zones of the same region, where that is a free one. */
export const zonesBeside = (zone: string): string[] =>
  free.zones.filter((other) => regionOf(other) === regionOf(zone));

function diskProblem({ bootDiskGb, dataDiskGb }: GoogleWish): string | undefined {
  const sum = bootDiskGb + dataDiskGb;
  if (sum <= free.diskGb) return undefined;
  return `makes ${bootDiskGb} GB (boot) and ${dataDiskGb} GB (data) ${sum} GB, and ${free.diskGb} GB of standard disk are free; set bootDiskGb: ${usualDiskGb.boot} and dataDiskGb: ${usualDiskGb.data}`;
}

function trafficProblem({ networkTier }: GoogleWish): string | undefined {
  if (networkTier === "STANDARD") return undefined;
  return `is PREMIUM, of which ${free.trafficGb.PREMIUM} GB of traffic a month is free (STANDARD: ${free.trafficGb.STANDARD} GB); set STANDARD`;
}

/** IPv6 and the network tier must fit each other. */
export function googleNetworkProblem({
  ipv6,
  networkTier,
}: Pick<GoogleWish, "ipv6" | "networkTier">): GoogleProblem | undefined {
  if (!ipv6 || networkTier === "PREMIUM") return undefined;
  const message = `is true, and Google has IPv6 addresses only in the network tier PREMIUM, not in ${networkTier}; set ipv6: false, or networkTier: PREMIUM and allowPaid: true`;
  return { key: "ipv6", message };
}
