import { randomInt } from "node:crypto";
import { knownMachine } from "../../sandbox/machine";
import { machineUser } from "../../sandbox/settings";
import { type Ended, expectDone, expectNoTrace } from "./e2e";
import { hostWith } from "./e2e-families";
import { found, secrets } from "./e2e-secrets";
import { stackFileWith } from "./e2e-stack";
import { report } from "./fault-report";
import { markData, sound } from "./fault-sound";
import { type Running, startUp, up } from "./fault-up";
import { isInCloud, victim } from "./fault-victim";
import { rebuilt } from "./rebuilt";

type Change = Record<string, unknown> | "rebuilt";

export interface Fault {
  /** What happens, as "the machine is powered off while docker-install runs". */
  name: string;
  /**
   * Makes it happen, and gives what takes it away again: before the broken `up`, or during it.
   * @param broken starts that `up` (once), for a fault that has to wait for something it says
   */
  cause(broken: () => Running): Promise<() => Promise<void>>;
  /** What gives `up` something to do: settings that differ from now, or a new machine that is empty. */
  change?: Change | (() => Change);
  /** What the broken `up` must say, and fail. */
  says?: RegExp;
  /** What it must say if it fails; with neither, it must succeed in spite of the fault. */
  mayFail?: RegExp;
  /** Seconds within which the broken `up` ends, and the next, on a quiet machine: only five times as long is a failure. */
  within: number;
  /** What a person has to do before the next one, as it says. */
  byHand?: string;
}

/** Of random choices; the same again with FAULT_SEED. */
export const seed = Number(process.env.FAULT_SEED ?? randomInt(1_000_000));

let days = randomInt(10, 5000);

/** A setting that nobody has yet: both halves of the deployment and the looks from outside run again. */
export const newSetting = (): Record<string, unknown> => ({ retentionDays: days++ });

/** What faults before this one have set. */
const settings: Record<string, unknown> = {};

const named = (name: string): string => (isInCloud() ? `in a cloud, ${name}` : name);

/** Registers a fault: the broken `up` says what happened and ends; without the fault, the next one ends well. */
export function fault(one: Fault): void {
  it(named(one.name), () => happens(one));
}

/** Registers faults that follow one another, each as soon as the one before is gone: one next `up` has to end well for all. */
export function faultsInTurn(name: string, faults: [Fault, ...Fault[]]): void {
  it(named(name), () => happens(...faults));
}

/** Other files' faults have left settings of theirs. */
let settled: Promise<Ended> | undefined;

/** The same as a part of a test. */
export async function happens(...faults: [Fault, ...Fault[]]): Promise<void> {
  settled ??= up(stackFile());
  expectDone(await settled);
  await markData(victim());
  const before = await sound(victim());
  const secret = await knownSecrets();
  const rows: (Fault & { broken: Ended })[] = [];
  const changes = faults.map(({ change }) => (typeof change === "function" ? change() : change));
  for (const [i, one] of faults.entries())
    rows.push({ ...one, broken: await breaks(one, changes[i]) });
  const next = await up(stackFile());
  const differences =
    next.code === 0 ? different(before, await sound(victim()), changes) : ["no next up"];
  for (const row of rows)
    report({ ...row, name: named(row.name), next, same: differences.length === 0, differences });

  for (const { broken, says, mayFail } of rows) expectWords(broken, says, mayFail);
  expectSound(rows, next, secret);
  expect(differences).toEqual([]);
}

/** Whatever happened: nobody said a secret, the next `up` ended well and looked at the server, and all of it in time. */
export function expectSound(
  rows: { broken: Ended; within: number }[],
  next: Ended,
  secret: Record<string, string>,
): void {
  const ended = [...rows.map(({ broken }) => broken), next];
  for (const { output } of ended) expect(found(secret, output)).toEqual([]);
  expectDone(next);
  expect(verified(next)).toBe(true);
  for (const { broken, within } of rows) expect(broken.seconds).toBeLessThan(5 * within);
  expect(next.seconds).toBeLessThan(5 * Math.max(...rows.map(({ within }) => within)));
}

/** The broken `up`, to its end; then the fault is gone. */
async function breaks({ cause }: Fault, change?: Change): Promise<Ended> {
  await apply(change);
  let running: Running | undefined;
  const start = () => {
    running ??= startUp(stackFile());
    return running;
  };
  const takeAway = await cause(start).catch(async (error) => {
    // Nobody else could work on the stack.
    await running?.ended;
    throw error;
  });
  return start().ended.finally(takeAway);
}

let secretsOnce: Promise<Record<string, string>> | undefined;

function knownSecrets(): Promise<Record<string, string>> {
  secretsOnce ??= secrets(victim());
  return secretsOnce;
}

/** Changes the stack's settings, from now on. */
export function setInStack(change: Record<string, unknown>): void {
  Object.assign(settings, change);
}

/** The stack's own settings with all that faults have changed so far. */
export const stackFile = (): string => stackFileWith("faults", settings);

async function apply(change: Change = {}): Promise<void> {
  if (change !== "rebuilt") return setInStack(change);
  secretsOnce = undefined;
  await rebuilt();
  if (settings.host) setInStack({ host: { ...settings.host, ...ownHost({}) } });
}

/** The setting `host` of the machine that is there, with more in it. */
export function ownHost(more: Record<string, unknown>): Record<string, unknown> {
  if (isInCloud()) return hostWith(more).host as Record<string, unknown>;
  const { ip: address, hostKey } = knownMachine() ?? { ip: "", hostKey: { public: "" } };
  const own = { provider: "existing", address, user: machineUser };
  return { ...own, hostKey: hostKey.public.trim(), ...more };
}

function expectWords(ended: Ended, says?: RegExp, mayFail?: RegExp): void {
  if (says) {
    expect(ended.output).toMatch(says);
    expect(ended.code).not.toBe(0);
  } else if (!mayFail) expectDone(ended);
  else if (ended.code !== 0) expect(ended.output).toMatch(mayFail);
  expectNoTrace(ended);
}

/** What people read where a line is torn, in the plugin's words or in ours. */
export const torn =
  /remote command exited without exit status|handshake failed|No response from server|Unable to exec|Not connected|was not reached|ended the connection/;

/** And where the machine itself is lost, be it while the look from outside goes on. */
export const lost = new RegExp(
  `${torn.source}|failed attempts: dial|ERROR: .*(that failed|does not answer)|This machine is going down|no connection to [^\\n]*\\n[\\s\\S]*checks failed`,
);

/** It looked at the server, or had nothing to do. */
const verified = ({ output }: Ended): boolean =>
  /ok +turn /.test(output) || /^Resources:\n +\d+ unchanged$/m.test(output);

/** Lines of one time only; a setting may differ if it has a value that was changed to. */
function different(before: string[], after: string[], changes: (Change | undefined)[]): string[] {
  const values = changes.flatMap((change) => (typeof change === "object" ? texts(change) : []));
  const wanted = (line: string) =>
    /^(conf|updates) /.test(line) && values.some((value) => line.includes(value));
  const name = (line: string) => line.replace(/=.*|"[^"]*";$/, "");
  const changed = after.filter((line) => !before.includes(line) && wanted(line)).map(name);
  const isOwn = (line: string) =>
    changes.includes("rebuilt")
      ? /secrets\.conf|data\/marker/.test(line)
      : changed.includes(name(line));
  return [
    ...before.filter((line) => !after.includes(line) && !isOwn(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line) && !isOwn(line)).map((line) => `+ ${line}`),
  ];
}

const texts = (value: unknown): string[] =>
  typeof value === "object" ? Object.values(value ?? {}).flatMap(texts) : [String(value)];
