import * as path from "node:path";
import { type MachineArgs, rebuildMachine } from "../../sandbox/machine";
import { checkout } from "../../sandbox/settings";
import { existingStack, writeStack } from "../../sandbox/stack";

/** A new, empty machine in place of the sandbox's, and the stack's file as it then has to be. */
export async function rebuilt(...of: Parameters<typeof rebuildMachine>): Promise<MachineArgs> {
  const machine = await rebuildMachine(...of);
  await writeStack(path.join(checkout, "node_modules/.bin/pulumi"), existingStack(machine));
  return machine;
}
