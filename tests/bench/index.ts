import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { document, performance, thisComputer } from "./document";
import { type Figure, row } from "./figure";
import { firstUp } from "./first-up";
import { idleUp } from "./idle-up";
import { inTurn, node, sandbox, seconds } from "./measure";
import { planFigures } from "./plan";
import { sandboxCost, stateSize } from "./sandbox-cost";
import { manyStacks } from "./stacks";

async function programLoad(): Promise<Figure> {
  const load = () => node(path.join(__dirname, "load.js"));
  const sdk = () => node("-e", 'require("@pulumi/pulumi")');
  const [ours, alone] = await inTurn(load, sdk, 5);
  return { what: "program load over the SDK alone", value: ours - alone, unit: "s", budget: 0.3 };
}

async function sandboxIdle(): Promise<Figure> {
  const idle = await seconds(() => sandbox());
  return { what: "sandbox, nothing to do", value: idle, unit: "s", budget: 10 };
}

async function sandboxWarm(): Promise<Figure> {
  sandbox("down");
  const warm = await seconds(() => sandbox());
  return { what: "sandbox, warm", value: warm, unit: "s", budget: 60 };
}

/** From nothing to two people who talk, with all of the cloud's resources. */
async function inCloud(): Promise<Figure[]> {
  sandbox("down");
  const first = await seconds(() => sandbox("--cloud", "oracle"));
  const figures: Figure[] = [
    { what: "sandbox with Oracle's cloud, warm", value: first, unit: "s" },
    stateSize("state of a stack at Oracle"),
  ];
  sandbox("down");
  return figures;
}

/** Each leaves the sandbox as the next one needs it. */
const measurements: (() => Promise<Figure[]>)[] = [
  async () => [await sandboxWarm(), await sandboxIdle(), ...sandboxCost()],
  async () => [
    await programLoad(),
    ...(await idleUp()),
    stateSize("state of a stack on a machine"),
  ],
  firstUp,
  planFigures,
  manyStacks,
  inCloud,
];

async function main(): Promise<void> {
  const figures: Figure[] = [];
  console.log(thisComputer());
  for (const measure of measurements) {
    const more = await measure();
    figures.push(...more);
    console.log(more.map(row).join("\n"));
    // At once: it takes long, and somebody may end it.
    if (process.argv.includes("--write")) writeFileSync(document, performance(figures));
  }
  if (process.argv.includes("--json")) console.log(JSON.stringify(figures, undefined, 2));
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
