import { type GetDiskArgs, getDisk } from "@pulumi/gcp/compute";
import type * as pulumi from "@pulumi/pulumi";
import { refusing } from "../../answer";
import { importCommand } from "../../import";
import { resolved } from "../../resolved";

/**
 * Refuses a data disk that is there and that the stack does not know: Google's own words would be that it exists, and
 * who deletes what exists loses everybody's messages. A preview cannot tell it from one that is to be replaced.
 */
export function twinHook(name: string, opts: { parent: pulumi.Resource }): pulumi.ResourceHook {
  const look = async ({ type, name, newInputs: disk = {} }: pulumi.ResourceHookArgs) => {
    const { project, zone, name: called } = disk;
    const id = await idOf({ project, zone, name: called }, opts);
    if (!id) return undefined;
    const parent = await resolved(opts.parent.urn);
    return `Google has the disk ${called} already (${id}), and this stack does not know it. Do not delete it: a family's messages may be on it. If another stack made it, go on with that one. If that stack is lost, or a run was broken off while the disk was made, take it over with: ${importCommand({ type, name, id }, { parent })}; then run this again.`;
  };
  const whether = ({ newInputs }: pulumi.ResourceHookArgs) =>
    `Google has the disk ${newInputs?.name} already`;
  return refusing(name, { whether, look }, { onDryRun: false });
}

/** Nothing where there is none. Where that cannot be told, neither: Google makes no second one of the name. */
async function idOf(disk: GetDiskArgs, opts: pulumi.InvokeOptions): Promise<string | undefined> {
  try {
    return (await getDisk(disk, opts)).id;
  } catch {
    return undefined;
  }
}
