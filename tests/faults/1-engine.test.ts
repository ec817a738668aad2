import fc from "fast-check";
import { bringUp } from "../support/e2e";
import { fault, seed } from "../support/fault";
import { killed, signalled } from "../support/fault-causes";
import { changes } from "../support/fault-changes";

beforeAll(() => bringUp({ settings: "any" }));

/** Some moments of a step, the same ones for the same seed. */
const moments = fc.sample(fc.integer({ min: 0, max: 700 }), { seed, numRuns: 12 });

for (const [step, change] of Object.entries(changes)) {
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    fault({ ...signalled(step, signal, moments.shift()), change });

  fault({ ...killed(step, moments.shift()), change });
}
