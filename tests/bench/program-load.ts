import * as path from "node:path";
import type { Figure } from "./figure";
import { inTurn, node } from "./measure";

const sdk = () => node("-e", 'require("@pulumi/pulumi")');

/** How much longer the program loads than the SDK alone, for a stack with each provider. */
export async function programLoad(): Promise<Figure[]> {
  const figures: Figure[] = [
    {
      ...(await over("existing")),
      budget: 0.3,
      note: "zod, ssh2, the SDK of command, and our own files, which are transpiled on the way",
    },
  ];
  // A cloud's SDK comes with its host.
  for (const provider of ["oracle", "google"]) figures.push(await over(provider));
  return figures;
}

async function over(provider: string): Promise<Figure> {
  const load = () => node(path.join(__dirname, "load.js"), provider);
  const [ours, alone] = await inTurn(load, sdk, 5);
  return { what: `program load over the SDK alone, ${provider}`, value: ours - alone, unit: "s" };
}
