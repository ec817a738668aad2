import { exampleStack } from "./example-stack";
import { type Engine, mockEngine, type Output } from "./mocks";
import { examplePrinted } from "./sealed";

/** Its steps on the machine, in their order, and its looks from outside. */
export const steps = ["host-prepare", "docker-install", "snikket-stage", "snikket-deploy"];
export const looks = ["snikket-named", "snikket-reached", "snikket-verified"];

/** What the SDK itself adds to a connection. */
export const bySdk = { dialErrorLimit: 10, perDialTimeout: 15 };

/** The smallest stack, the same for all runs of a file. */
export const config = exampleStack();

/** What its steps print. */
export const printed = examplePrinted(config);

/** The whole program, as the engine of mocks has it. */
export class Program {
  constructor(
    readonly engine: Engine,
    readonly outputs: Record<string, Output>,
  ) {}

  inputs = (name: string): Record<string, string> => this.engine.inputs(name);

  variables = (name: string): Record<string, string> => this.engine.variables(name);

  /** What a look from outside is told. */
  request = (name: string) => JSON.parse(this.inputs(name).stdin ?? "");
}

/** Runs it for the smallest stack with a change, or shows its preview. */
export async function runProgram(
  change: Record<string, string> = {},
  { preview = false } = {},
): Promise<Program> {
  const engine = await mockEngine({
    config: { ...config, ...change },
    stdout: printed,
    preview,
  });
  return new Program(engine, await engine.run(() => require("../../infra/index")));
}
