import { free, isFlexible, noUse, type OracleUse, type OracleWish } from "./free-tier";

/** USD, the same in all regions. Source: oracle.com/cloud/price-list (2026). */
const listPrice = {
  ocpuHour: 0.01,
  memoryGbHour: 0.0015,
  // With the ten performance units of a balanced volume.
  volumeGbMonth: 0.0255 + 10 * 0.0017,
};

/** As Oracle counts. */
const hoursOfMonth = 744;

const traffic = "Traffic to the internet is free up to 10 TB.";

/**
 * What a month costs by list price, in USD, as one line.
 * @param home the tenancy's home region, if it is known: only there anything is free
 */
export function oracleMonthlyCost(wish: OracleWish & { region: string }, home?: string): string {
  const { region } = wish;
  if (home !== region)
    return `${inWords(wish, noUse)}, backups not counted. ${elsewhere(region, home)}. ${traffic}`;
  const [machine, volumes] = prices(wish, free);
  return machine + volumes > 0
    ? `${inWords(wish, free)}, if nothing else in the tenancy uses what is free. ${traffic}`
    : `0.00 USD, where ${region} is the tenancy's home region and all that runs in the tenancy stays within Oracle's Always Free limits. ${traffic}`;
}

const elsewhere = (region: string, home: string | undefined): string =>
  home
    ? `Nothing is free in ${region}: the tenancy's home region is ${home}`
    : `It is less if ${region} is the tenancy's home region, which could not be looked at`;

/** The small machine is sold nowhere, and has no price. */
function inWords(wish: OracleWish, given: OracleUse): string {
  const [machine, volumes] = prices(wish, given);
  return given === free || isFlexible(wish)
    ? `about ${(machine + volumes).toFixed(2)} USD: machine ${machine.toFixed(2)}, volumes ${volumes.toFixed(2)}`
    : `${volumes.toFixed(2)} USD and the price of a ${wish.shape}`;
}

/** Of a machine and its volumes, beyond what is given. */
function prices(wish: OracleWish, given: OracleUse): [machine: number, volumes: number] {
  const beyond = (key: keyof OracleUse, wanted: number) => Math.max(0, wanted - given[key]);
  const ocpus = beyond("ocpus", wish.ocpus) * listPrice.ocpuHour;
  const memory = beyond("memoryGb", wish.memoryGb) * listPrice.memoryGbHour;
  const volumesGb = beyond("volumesGb", wish.bootVolumeGb + wish.dataVolumeGb);
  const machine = isFlexible(wish) ? (ocpus + memory) * hoursOfMonth : 0;
  return [machine, volumesGb * listPrice.volumeGbMonth];
}
