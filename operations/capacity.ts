import { setTimeout as sleep } from "node:timers/promises";
import * as google from "../components/host/google/room";
import * as oracle from "../components/host/oracle/place";

/** Who may be without room. */
const clouds = [
  { cloud: "Oracle", ...oracle },
  { cloud: "Google", ...google },
];

/** How a program ended, and what it printed. */
export interface Ended {
  code: number;
  output: string;
}

/**
 * Repeats an attempt as long as it fails only for want of room, for the last time when the time is over.
 * @param patience how long in all, in ms
 * @param pause between two attempts, in ms
 * @returns how the last one ended
 */
export async function untilThereIsRoom(
  attempt: () => Promise<Ended>,
  patience: number,
  pause: number,
): Promise<Ended> {
  let next = Date.now();
  const end = next + patience;
  for (;;) {
    const ended = await attempt();
    const full = clouds.find(({ isWantOfRoom }) => isWantOfRoom(ended.output));
    if (ended.code === 0 || !full) return ended;
    const { cloud, noRoom, roomAdvice } = full;
    const yet = `${cloud} has no room yet`;
    // The cloud says no more than that; the program says the rest by itself.
    if (!ended.output.includes(noRoom)) console.log(roomAdvice(ended.output));
    if (Math.max(next, Date.now()) >= end) {
      console.log(`The time is over, and ${yet}. Run it again whenever you like.`);
      return ended;
    }
    next = Math.min(Date.now() + pause, end);
    console.log(`${yet}: the next attempt is at ${clock(next)}, and none after ${clock(end)}.`);
    await sleep(next - Date.now());
  }
}

const clock = (time: number): string => new Date(time).toTimeString().slice(0, 5);
