import { adviceForRoom, noRoomAt } from "../room";
import { free } from "./free-tier";

export const noRoom = noRoomAt("Google");

/** Whether a failure is the want of room. Of a machine that was asked for, the plugin shows Google's sentence alone, without its code. */
export const isWantOfRoom = (said: string): boolean =>
  /\bZONE_RESOURCE_POOL_EXHAUSTED|\bnot\s+have\s+enough\s+resources\s+available\b/.test(said);

/** What to do, and when; the zone that is full stands in what was said. */
export function roomAdvice(said: string): string {
  const [, full] = /The\s+zone\s+'projects\/[^/]+\/zones\/([\w-]+)'/.exec(said) ?? [];
  const elsewhere = free.zones.filter((zone) => zone !== full);
  return adviceForRoom("Google", `in ${full ?? "the zone"} for this machine`, [
    `take another snikket:host.zone, if this server never came up, for its data disk stays in its zone: npx pulumi state unprotect --all, then npx pulumi destroy, then set the zone and run pulumi up. Free are ${elsewhere.join(", ")}`,
  ]);
}
