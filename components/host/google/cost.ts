import { free, freeMachineType, type GoogleWish, zonesBeside } from "./free-tier";
import { regionOf } from "./regions";

/** USD. Source: cloud.google.com/compute/all-pricing and vpc/network-pricing, us-central1 (2026); the same where anything is free. */
const listPrice = {
  monthOf: { "e2-micro": 6.11, "e2-small": 12.23, "e2-medium": 24.46 } as Record<string, number>,
  diskGb: 0.04,
  ipv4: 3.65,
};

/** What a month costs by list price, in USD, as one line; traffic beyond what is free is not in it. */
export function googleMonthlyCost(wish: GoogleWish): string {
  const inFreeRegion = zonesBeside(wish.zone).length > 0;
  const diskGb = wish.bootDiskGb + wish.dataDiskGb - (inFreeRegion ? free.diskGb : 0);
  const disks = Math.max(0, diskGb) * listPrice.diskGb;
  const address = listPrice.ipv4.toFixed(2);
  if (inFreeRegion && wish.machineType === freeMachineType) {
    return `${disks.toFixed(2)} USD, where this is the billing account's only ${freeMachineType} and its only disks. The list price of its IPv4 address is ${address} USD, and reports differ on whether the free machine pays it: look at the first bill. ${traffic(wish, inFreeRegion)}`;
  }
  const machine = listPrice.monthOf[wish.machineType];
  const known = disks + listPrice.ipv4 + (machine ?? 0);
  const sum =
    machine === undefined
      ? `${known.toFixed(2)} USD and the price of a ${wish.machineType}`
      : `about ${known.toFixed(2)} USD: ${wish.machineType} ${machine.toFixed(2)}, disks ${disks.toFixed(2)}, IPv4 address ${address}`;
  const where = `These are the prices of us-central1; ${regionOf(wish.zone)} has its own. `;
  return `${sum}. ${inFreeRegion ? "" : where}${traffic(wish, inFreeRegion)}`;
}

/** The little that is free of PREMIUM is free in North America alone. */
const traffic = ({ networkTier }: GoogleWish, inFreeRegion: boolean): string =>
  inFreeRegion || networkTier === "STANDARD"
    ? `Traffic to the internet is free up to ${free.trafficGb[networkTier]} GB.`
    : "Traffic to the internet is not counted.";
