import fc from "fast-check";
import { expectDone } from "./e2e";
import { type Fault, happens, newSetting, seed, setInStack, stackFile, torn } from "./fault";
import { newTime } from "./fault-changes";
import { type Cut, Line, linePort, type Size } from "./fault-line";
import { up } from "./fault-up";
import { isInCloud } from "./fault-victim";
import { rebuilt } from "./rebuilt";

/** In the order in which a deployment connects; the first looks whether the machine lets us in. */
const steps = ["a look", "host-prepare", "docker-install", "snikket-stage", "snikket-deploy"];

/** Every step in both directions in turn, each time at another byte. */
const places = (runs: number) =>
  fc
    .sample(fc.noBias(fc.integer({ min: 0, max: 9999 })), { seed, numRuns: runs })
    .map((where, run) => {
      const step = run % steps.length;
      const direction = Math.floor(run / steps.length) % 2 ? ("down" as const) : ("up" as const);
      return { run, step, stepName: steps[step], direction, where };
    });

/** Most lines are torn; some go silent, and some machines are new ones, which takes longer: each step has all of it. */
const isSilent = (run: number) => run % 11 === 3;
const isNew = (run: number) => !isInCloud() && run % 9 === 6;

/** What makes a step run, and as little as possible besides. */
const host = () => newTime(isInCloud() ? {} : { port: linePort });
const changes = [host, host, newSetting, newSetting, newSetting];
/** Which connection is the step's, of those that are made then. */
const connections = [0, 1, 1, 2, 3];

let line: Line;
let sizes: Size[];
/** Of a new machine's first deployment, where more is said. */
let sizesOfNew: Size[];
/** How many lines were really cut: what comes back is not always as much as the first time. */
let cuts = 0;

async function lay(): Promise<void> {
  if (!isInCloud()) await rebuilt();
  line = await Line.lay();
  setInStack(host());
  if (!isInCloud()) sizesOfNew = await seen();
  // All of them have something to do once more.
  await line.set();
  setInStack({ ...host(), ...newSetting() });
  sizes = await seen();
}

/** How much goes each way in each step of a deployment. */
async function seen(): Promise<Size[]> {
  expectDone(await up(stackFile()));
  return line.seen(steps.length);
}

/** Cuts the line in an `up` that is about to begin. */
const cutting =
  (cut: Cut, isNew: boolean): Fault["cause"] =>
  async () => {
    if (isNew) {
      await line.remove();
      line = await Line.lay();
    }
    await line.set(cut);
    return async () => {
      cuts += Math.min(line.cuts, 1);
      await line.heal();
      await line.set();
    };
  };

async function cutOnce({ run, step, direction, where }: ReturnType<typeof places>[number]) {
  const all = (isNew(run) ? sizesOfNew : sizes)[step]?.[direction] ?? 0;
  const byte = 1 + Math.floor((where / 10_000) * all);
  const how = isSilent(run) ? "silent" : "reset";
  const connection = isNew(run) ? step : (connections[step] ?? 0);
  await happens({
    name: `${steps[step]}: ${how} ${direction} at byte ${byte} of ${all}${isNew(run) ? ", new machine" : ""}`,
    cause: cutting({ connection, direction, byte, how }, isNew(run)),
    mayFail: torn,
    change: isNew(run) ? "rebuilt" : (changes[step] ?? newSetting)(),
    within: how === "silent" ? 150 : isNew(run) ? 60 : 20,
  });
}

/** Registers so many cuts of the line to the machine, and what they need. */
export function cutLines(runs: number): void {
  beforeAll(lay);
  afterAll(() => line.remove());
  it.each(places(runs))("run $run: $stepName, $direction", cutOnce);
  it("nearly all of these lines were cut", () => expect(cuts).toBeGreaterThan(0.8 * runs));
}
