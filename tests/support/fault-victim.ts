import { address } from "../../sandbox/settings";
import { machine, onMachine } from "./e2e";
import { bringUpCloud, cloudMachine, ipv4 } from "./e2e-cloud";

let isCloud = false;

/** From now on faults happen to a server that is in a cloud. */
export function inCloud(): void {
  isCloud = true;
  beforeAll(() => bringUpCloud("oracle"));
}

/** Whether they do; else it is on the machine that was there already. */
export const isInCloud = (): boolean => isCloud;

/** The container that is the machine which faults happen to. */
export const victim = (): string => (isCloud ? cloudMachine : machine);

/** Where people reach it. */
export const victimAddress = (): string => (isCloud ? ipv4 : address("machine"));

/** Runs a shell script as root on it, as `onMachine` does. */
export const onVictim = (script: string): Promise<string> => onMachine(script, { name: victim() });

/** Done there by hand; nobody takes it back but `up`, unless by another script. */
export const onIt =
  (done: string, undone = ":") =>
  async (): Promise<() => Promise<void>> => {
    await onVictim(done);
    return async () => {
      await onVictim(undone);
    };
  };
