import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { bringUp, expectDone } from "../support/e2e";
import { pulumi } from "../support/e2e-stack";
import { fault, seed, stackFile } from "../support/fault";
import { changes } from "../support/fault-changes";
import { type Running, startUp } from "../support/fault-up";

beforeAll(() => bringUp({ settings: "any" }));

const signals = ["SIGINT", "SIGTERM", "SIGKILL"] as const;
/** Some moments of a step, the same ones for the same seed. */
const moments = fc.sample(fc.integer({ min: 0, max: 700 }), { seed, numRuns: 12 });

async function kill(running: Running, step: string, signal: NodeJS.Signals, moment = 0) {
  expect(await running.says(new RegExp(`${step} +(updating|creating)`))).toBe(true);
  await sleep(moment);
  running.signal(signal);
}

/** What the engine says of a lock that was left: whose it is, and what to do. */
const lock =
  /the stack is currently locked by 1 lock\(s\).*`pulumi cancel`[\s\S]*created by .*\(pid \d+\) at /;

const cancel = async (): Promise<void> => {
  expectDone(await pulumi(["cancel", "--yes"]));
};

for (const [i, [step, change]] of Object.entries(changes).entries())
  for (const [j, signal] of signals.entries())
    fault({
      name: `${step}: the engine gets a ${signal}`,
      async cause(broken) {
        const moment = moments[i * signals.length + j];
        if (signal !== "SIGKILL") await kill(broken(), step, signal, moment);
        else {
          // It can say nothing any more: the next one does, and is refused.
          const killed = startUp(stackFile());
          await kill(killed, step, signal, moment);
          await killed.ended;
        }
        return signal === "SIGKILL" ? cancel : async () => {};
      },
      change,
      ...(signal === "SIGKILL" ? { says: lock } : { mayFail: /update canceled|signal: / }),
      within: 30,
    });
