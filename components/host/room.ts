/** How the error begins that goes away by itself: whoever waits for room looks for it. */
export const noRoomAt = (cloud: string): string => `${cloud} has no room now`;

/** What to do, and when, where a cloud has no room. @param instead what helps beside waiting */
export const adviceForRoom = (cloud: string, what: string, instead: string[]): string =>
  [
    `${noRoomAt(cloud)} ${what}. What was made so far stays, and is no loss.`,
    "Room comes and goes: run pulumi up again in an hour, or at night, or let it be tried for you: npm run up -- --wait-for-capacity 6h",
    ...instead.map((other) => `Or ${other}.`),
  ].join("\n");
