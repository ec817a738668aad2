/** `npm run --silent bench -- [--write] [--json]` */
import { holdingDocker } from "../../scripts/lanes";
import type { Figure } from "./figure";
import { firstUp } from "./first-up";
import { idleUp } from "./idle-up";
import { interruption } from "./interruption";
import { node, sandbox, seconds } from "./measure";
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

/** Only where it is asked for: it takes longer than all others together. */
async function testFigure(): Promise<Figure> {
  const figure = { what: "npm test", unit: "s", budget: 720 } as const;
  const note =
    "two clouds and a machine: reboots, rebuilt machines, each port through two firewalls";
  if (process.env.BENCH_TEST !== "1")
    return { ...figure, value: undefined, note: "not asked for with BENCH_TEST=1" };
  sandbox("down");
  return {
    ...figure,
    value: await seconds(() => node("--import", "tsx", "scripts/test.ts")),
    note,
  };
}

/** Each leaves the sandbox as the next one needs it. */
const measurements: (() => Promise<Figure[]>)[] = [
  async () => [await checkFigure(), await testFigure()],
  async () => [await sandboxCold()],
  async () => [await sandboxWarm(), await sandboxIdle(), ...sandboxCost()],
  async () => [
    ...(await programLoad()),
    ...(await idleUp()),
    stateSize("state of a stack on a machine"),
    ...(await interruption()),
  ],
  firstUp,
  planFigures,
  manyStacks,
  inCloud,
];

const asked = (option: string): boolean => process.argv.includes(option);

// Docker's own start is not measured.
holdingDocker(() => report(measurements, { json: asked("--json"), write: asked("--write") })).catch(
  (error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
