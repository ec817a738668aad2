import { setTimeout as sleep } from "node:timers/promises";
import { expectDone } from "./e2e";
import { pulumi } from "./e2e-stack";
import { type Fault, stackFile } from "./fault";
import { type Running, startUp } from "./fault-up";

/** Waits until a step is at work, and so many milliseconds more. */
async function begun(running: Running, step: string, moment = 0): Promise<void> {
  expect(await running.says(new RegExp(`${step} +(updating|creating)`))).toBe(true);
  await sleep(moment);
}

/** Something is done while a step runs, so many milliseconds after it began, and taken back at the end. */
export const during =
  (
    step: string,
    happens: (broken: Running) => unknown,
    gone: () => Promise<unknown> = async () => {},
    moment?: number,
  ): Fault["cause"] =>
  async (broken) => {
    await begun(broken(), step, moment);
    await happens(broken());
    return async () => {
      await gone();
    };
  };

/** The engine is killed in a step, and can say nothing any more: the next one does, and is refused. */
export const killed =
  (step: string, moment?: number): Fault["cause"] =>
  async () => {
    const running = startUp(stackFile());
    await begun(running, step, moment);
    running.signal("SIGKILL");
    await running.ended;
    return async () => expectDone(await pulumi(["cancel", "--yes"]));
  };

/** Somebody else's `up` is at work. */
export const another: Fault["cause"] = async () => {
  const first = startUp(stackFile());
  await begun(first, "snikket-stage");
  return async () => expectDone(await first.ended);
};

/** What the engine says of a lock: whose it is, and what to do. */
export const locked =
  /the stack is currently locked by 1 lock\(s\).*`pulumi cancel`[\s\S]*created by .*\(pid \d+\) at /;
