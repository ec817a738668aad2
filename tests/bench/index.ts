/** `npm run --silent bench -- [--write] [--json]` */
import type { Figure } from "./figure";
import { firstUp } from "./first-up";
import { idleUp } from "./idle-up";
import { node, seconds } from "./measure";
import { planFigures } from "./plan";
import { programLoad } from "./program-load";
import { report } from "./report";
import { sandboxCost, stateSize } from "./sandbox-cost";
import { inCloud, sandboxCold, sandboxIdle, sandboxWarm } from "./sandbox-times";
import { manyStacks } from "./stacks";

async function checkFigure(): Promise<Figure> {
  const check = () => node("--import", "tsx", "scripts/check.ts");
  return {
    what: "npm run check",
    value: await seconds(check),
    unit: "s",
    budget: 45,
    note: "the unit tests take two thirds of it, the shell tests by bats a third",
  };
}

/** Each leaves the sandbox as the next one needs it. */
const measurements: (() => Promise<Figure[]>)[] = [
  async () => [await checkFigure()],
  async () => [await sandboxCold()],
  async () => [await sandboxWarm(), await sandboxIdle(), ...sandboxCost()],
  async () => [
    ...(await programLoad()),
    ...(await idleUp()),
    stateSize("state of a stack on a machine"),
  ],
  firstUp,
  planFigures,
  manyStacks,
  inCloud,
];

const asked = (option: string): boolean => process.argv.includes(option);

report(measurements, { json: asked("--json"), write: asked("--write") }).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
