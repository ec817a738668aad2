import { free, isFlexible, type OracleUse, type OracleWish } from "./free-tier";

/** USD, the same in all regions. Source: oracle.com/cloud/price-list (2026). */
const listPrice = {
  ocpuHour: 0.01,
  memoryGbHour: 0.0015,
  // With the ten performance units of a balanced volume.
  volumeGbMonth: 0.0255 + 10 * 0.0017,
};

/** As Oracle counts. */
const hoursOfMonth = 744;

/** What a month costs by list price, in USD, as one line, if all that is free is left to this stack. */
export function oracleMonthlyCost(wish: OracleWish): string {
  const beyond = (key: keyof OracleUse, wanted: number) => Math.max(0, wanted - free[key]);
  const ocpus = beyond("ocpus", wish.ocpus) * listPrice.ocpuHour;
  const memory = beyond("memoryGb", wish.memoryGb) * listPrice.memoryGbHour;
  const machine = isFlexible(wish) ? (ocpus + memory) * hoursOfMonth : 0;
  const volumes =
    beyond("volumesGb", wish.bootVolumeGb + wish.dataVolumeGb) * listPrice.volumeGbMonth;
  const traffic = "Traffic to the internet is free up to 10 TB.";
  if (machine + volumes > 0) {
    return `about ${(machine + volumes).toFixed(2)} USD: machine ${machine.toFixed(2)}, volumes ${volumes.toFixed(2)}. ${traffic}`;
  }
  return `0.00 USD, where all that runs in the tenancy stays within Oracle's Always Free limits. ${traffic}`;
}
