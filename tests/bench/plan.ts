import { examples, readExample } from "../support/examples";
import { loadedSdks } from "../support/loaded-sdks";
import type { Figure } from "./figure";
import { median } from "./measure";
import { type Cost, cost } from "./tree";

/** Seconds. Of the others there is no more than a figure. */
const budgets: Record<string, number> = { "oracle.example.yaml": 4 };
const note =
  "of its CPU half is the program, and half of that the SDK with its TypeScript; a seventh the engine, a seventh the models' four processes; the rest npm, tsx, and who brings the models";
const rounds = 3;

/** Seconds and memory of a plan of each example, and what the program loads for it. */
export async function planFigures(): Promise<Figure[]> {
  const runs = new Map<string, Cost[]>(examples.map((name) => [name, []]));
  // In turn, so that a machine whose speed drifts is fair to all; the first round warms up.
  for (let round = 0; round <= rounds; round++)
    for (const [name, used] of runs) {
      const one = await cost("npm", ["run", "--silent", "plan", "--", `stacks/${name}`]);
      if (round > 0) used.push(one);
    }
  const figures: Figure[] = [];
  for (const [name, used] of runs) figures.push(...(await figuresOf(name, used)));
  return figures;
}

async function figuresOf(name: string, used: Cost[]): Promise<Figure[]> {
  const [stack = name] = name.split(".");
  const budget = budgets[name];
  const sdks = await loadedSdks(readExample(name));
  return [
    {
      what: `plan of ${stack}`,
      value: median(used.map(({ seconds }) => seconds)),
      unit: "s",
      ...(budget !== undefined && { budget, note }),
    },
    {
      what: `memory of a plan of ${stack}`,
      value: Math.max(...used.map(({ megabytes }) => megabytes)),
      unit: "MB",
    },
    {
      what: `SDKs loaded for ${stack}`,
      value: sdks.length,
      unit: "",
      note: sdks.map((sdk) => sdk.replace("@pulumi/", "")).join(", "),
    },
  ];
}
