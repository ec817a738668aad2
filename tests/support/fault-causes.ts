import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { docker } from "../../sandbox/docker";
import { expectDone } from "./e2e";
import { pulumi } from "./e2e-stack";
import { type Fault, stackFile } from "./fault";
import { type Running, startUp } from "./fault-up";
import { onVictim, victim } from "./fault-victim";

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

/** The engine is told to end in a step, as by Ctrl-C. */
export const signalled = (step: string, signal: "SIGINT" | "SIGTERM", moment?: number): Fault => ({
  name: `${step}: the engine gets a ${signal}`,
  cause: during(step, (broken) => broken.signal(signal), undefined, moment),
  mayFail: /update canceled|signal: /,
  within: 30,
});

/** The engine is killed in a step, and can say nothing any more: the next one does, and is refused. */
export const killed = (step: string, moment?: number): Fault => ({
  name: `${step}: the engine gets a SIGKILL`,
  async cause() {
    const running = startUp(stackFile());
    await begun(running, step, moment);
    running.signal("SIGKILL");
    await running.ended;
    return async () => expectDone(await pulumi(["cancel", "--yes"]));
  },
  says: locked,
  within: 30,
  byHand: "npx pulumi cancel",
});

/** Somebody else's `up` is at work. */
export const another: Fault["cause"] = async () => {
  const first = startUp(stackFile());
  await begun(first, "snikket-stage");
  return async () => expectDone(await first.ended);
};

/** What the engine says of a lock: whose it is, and what to do. */
export const locked =
  /the stack is currently locked by 1 lock\(s\).*`pulumi cancel`[\s\S]*created by .*\(pid \d+\) at /;

/** How often this computer's kernel has killed for want of memory. */
const kills = () => Number(/^oom_kill (\d+)$/m.exec(readFileSync("/proc/vmstat", "utf8"))?.[1]);

const limitMemory = (limit: string) =>
  docker(["update", "--memory", limit, "--memory-swap", limit, victim()]);

/** Takes all memory as soon as the step's programs are there; they are killed for it first, and then this. */
const takeAll = `timeout 20 sh -c 'until pgrep -f "[b]ash -s"; do sleep 0.05; done'
  for pid in $(pgrep -f '[b]ash -s'); do echo 1000 >/proc/$pid/oom_score_adj || :; done 2>/dev/null
  perl -e '$all .= "a" x 2 ** 20 while 1' 2>/dev/null || :`;

/** A program takes all memory there is, and the kernel kills for it: not that program alone. */
async function takeMemory(): Promise<void> {
  const before = kills();
  await limitMemory("256m");
  await onVictim(takeAll);
  await limitMemory("64g");
  expect(kills()).toBeGreaterThan(before + 1);
}

/** The step and what else the kernel chooses are killed; then there is memory again. */
export const noMemory = (step: string): Fault => ({
  name: `${step}: the machine has no memory left, and the step is killed`,
  cause: during(step, takeMemory),
  says: /Process exited with status 137 from signal KILL/,
  within: 60,
});
