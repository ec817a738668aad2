import { startCloud } from "../../sandbox/cloud/cloud";
import { type Ended, expectDone } from "./e2e";
import { changeInConsole, cloudMachine, type Failure, inConsole, letFail } from "./e2e-cloud";
import { untilServed } from "./e2e-cloud-machine";
import { expectPlainWords } from "./e2e-families";
import { secrets } from "./e2e-secrets";
import { summary } from "./e2e-stack";
import { expectSound } from "./fault";
import { report } from "./fault-report";
import { sound } from "./fault-sound";
import { type Running, startUp, up } from "./fault-up";

export interface CloudFault {
  name: string;
  /** Makes it happen, before the `up` or during it. */
  cause(broken: () => Running): Promise<void>;
  /** What that `up` must say, and fail; absent: it repairs what happened. */
  says?: RegExp;
  /** What a person does then, as it says; and the same in a few words. */
  remedy?(ended: Ended): Promise<void>;
  byHand?: string;
  /** Seconds within which it ends on a quiet machine. */
  within: number;
}

/** An answer of the cloud's. */
export const fails = (failure: Failure) => async () => letFail(failure);

/** What somebody does by hand, seen at once. */
export async function byHand(done: () => void): Promise<void> {
  done();
  await startCloud("oracle", false);
}

export const stopMachine = () =>
  changeInConsole("oci", inConsole("oci", ":Instance"), { state: "STOPPED" });

/** What has to be the same on the machine and in the state, in whatever order that was made. */
export const looked = async () => (await sound(cloudMachine)).sort();

/** The `up` that meets the fault, to its end; then the fault is gone. */
export async function breaks({ cause, says, remedy }: CloudFault): Promise<Ended> {
  let running: Running | undefined;
  const start = () => {
    running ??= startUp();
    return running;
  };
  await cause(start);
  const ended = await start().ended;
  letFail();
  expectPlainWords(ended);
  if (says) {
    expect(ended.output).toMatch(says);
    expect(ended.code).not.toBe(0);
  } else expectDone(ended);
  await remedy?.(ended);
  return ended;
}

/** The next `up` ends well, people reach the server, and the `up` after it has nothing to do. */
export async function converged(faults: (CloudFault & { broken: Ended })[], before?: string[]) {
  const next = await up();
  const after = before && next.code === 0 ? await looked() : undefined;
  const same = after && after.join() === before?.join();
  for (const fault of faults) report({ ...fault, next, same });
  expectDone(next);
  expectSound(faults, next, await secrets(cloudMachine));
  expect(after).toEqual(before);
  await untilServed();
  const repaired = faults.every(({ broken }) => broken.code === 0);
  const last = repaired ? next : await up();
  expectDone(last);
  expect(Object.keys(summary(last))).toEqual(["unchanged"]);
}
