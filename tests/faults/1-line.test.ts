import fc from "fast-check";
import { bringUp, expectDone, onMachine } from "../support/e2e";
import {
  type Fault,
  fault,
  happens,
  newSetting,
  seed,
  setInStack,
  stackFile,
  torn,
} from "../support/fault";
import { newTime } from "../support/fault-changes";
import { type Cut, Line, linePort, type Size } from "../support/fault-line";
import { up } from "../support/fault-up";
import { rebuilt } from "../support/rebuilt";

const runs = Number(process.env.FAULT_RUNS ?? 50);

/** In the order in which a deployment connects; the first looks whether the machine lets us in. */
const steps = ["a look", "host-prepare", "docker-install", "snikket-stage", "snikket-deploy"];
type Place = { step: number; direction: Cut["direction"]; where: number };

/** Every step in both directions in turn, each time at another byte. */
const places = fc
  .sample(fc.noBias(fc.integer({ min: 0, max: 9999 })), { seed, numRuns: runs })
  .map<Place>((where, run) => ({
    step: run % steps.length,
    direction: Math.floor(run / steps.length) % 2 ? "down" : "up",
    where,
  }));
/** Most lines are torn; some go silent, and some machines are new ones, which takes longer: each step has all of it. */
const isSilent = (run: number) => run % 11 === 3;
const isNew = (run: number) => run % 9 === 6;

/** What makes a step run, and as little as possible besides. */
const host = () => newTime({ port: linePort });
const changes = [host, host, newSetting, newSetting, newSetting];
/** Which connection is the step's, of those that are made then. */
const connections = [0, 1, 1, 2, 3];

let line: Line;
let sizes: Size[];
/** Of a new machine's first deployment, where more is said. */
let sizesOfNew: Size[];
/** How many lines were really cut: what comes back is not always as much as the first time. */
let cuts = 0;

beforeAll(async () => {
  await bringUp({ settings: "any" });
  await rebuilt();
  line = await Line.lay();
  setInStack(host());
  sizesOfNew = await seen();
  // All of them have something to do once more.
  await line.set();
  setInStack({ ...host(), ...newSetting() });
  sizes = await seen();
});

/** How much goes each way in each step of a deployment. */
async function seen(): Promise<Size[]> {
  expectDone(await up(stackFile()));
  return line.seen(steps.length);
}

afterAll(() => line.remove());

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

it.each(places.map((place, run) => ({ ...place, run, stepName: steps[place.step] })))(
  "run $run: $stepName, $direction",
  async ({ step, direction, where, run }) => {
    const all = (isNew(run) ? sizesOfNew : sizes)[step]?.[direction] ?? 0;
    const byte = 1 + Math.floor((where / 10_000) * all);
    const how = isSilent(run) ? "silent" : "reset";
    const connection = isNew(run) ? step : (connections[step] ?? 0);
    await happens({
      name: `${steps[step]}: ${how} ${direction} at byte ${byte} of ${all}${isNew(run) ? ", new machine" : ""}`,
      cause: cutting({ connection, direction, byte, how }, isNew(run)),
      mayFail: torn,
      change: isNew(run) ? "rebuilt" : (changes[step] ?? newSetting)(),
      within: isNew(run) ? 60 : how === "silent" ? 60 : 20,
    });
  },
);

it("nearly all of these lines were cut", () => expect(cuts).toBeGreaterThan(0.8 * runs));

/** Ends the SSH session of the last step where its files are removed: it has reported, and has not ended yet. */
const rm = `#!/bin/sh
if [ -e "$2/seal.key" ] && sleep 1; then
  pid=$$
  until grep -q ^sshd /proc/$pid/comm; do pid=$(awk '/^PPid/ {print $2}' /proc/$pid/status); done
  kill -9 $pid
fi
exec /usr/bin/rm "$@"`;

fault({
  name: "snikket-deploy: the session is lost between its report and its end",
  async cause() {
    await onMachine(`cat >/usr/local/bin/rm <<'X' && chmod +x /usr/local/bin/rm\n${rm}\nX`);
    return async () => {
      await onMachine("/usr/bin/rm /usr/local/bin/rm");
    };
  },
  change: newSetting,
  // The error shows what came, and that is sealed.
  says: /error: [\s\S]*\bU2FsdGVkX1/,
  within: 20,
});
