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

/** USD. Source: cloud.google.com/compute/all-pricing and vpc/network-pricing, us-central1 (2026). */
const listPrice = {
  monthOf: { "e2-micro": 6.11, "e2-small": 12.23, "e2-medium": 24.46 } as Record<string, number>,
  diskGb: 0.04,
  ipv4: 3.65,
};

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
const zonesBeside = (zone: string): string[] =>
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

/** What a month costs by list price, in USD, as one line; traffic beyond what is free is not in it. */
export function googleMonthlyCost(wish: GoogleWish): string {
  const inFreeRegion = zonesBeside(wish.zone).length > 0;
  const isFree = inFreeRegion && wish.machineType === freeMachineType;
  const diskGb = wish.bootDiskGb + wish.dataDiskGb - (inFreeRegion ? free.diskGb : 0);
  const disks = Math.max(0, diskGb) * listPrice.diskGb;
  const traffic = `Traffic to the internet is free up to ${free.trafficGb[wish.networkTier]} GB.`;
  const address = listPrice.ipv4.toFixed(2);
  if (isFree) {
    return `${disks.toFixed(2)} USD, where this is the billing account's only ${freeMachineType} and its only disks. The list price of its IPv4 address is ${address} USD, and reports differ on whether the free machine pays it: look at the first bill. ${traffic}`;
  }
  const machine = listPrice.monthOf[wish.machineType];
  return machine === undefined
    ? `${(disks + listPrice.ipv4).toFixed(2)} USD and the price of a ${wish.machineType}. ${traffic}`
    : `about ${(machine + disks + listPrice.ipv4).toFixed(2)} USD: ${wish.machineType} ${machine.toFixed(2)}, disks ${disks.toFixed(2)}, IPv4 address ${address}. ${traffic}`;
}
