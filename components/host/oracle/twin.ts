import * as core from "@pulumi/oci/core";
import * as pulumi from "@pulumi/pulumi";
import { refusing } from "../../answer";
import { importCommand } from "../../import";
import { resolved } from "../../resolved";
import { isThere } from "./place";

interface Found {
  id: string;
  state: string;
}

/** How one of a type is found by its name, and what to do with one that the stack does not know. */
interface Kind {
  found(called: { compartmentId: string; displayName: string }): Promise<Found[]>;
  remedy(id: string): string | Promise<string>;
}

/**
 * Refuses a second machine or volume beside one that was lost: where a run is killed while Oracle makes it, the state
 * never learns of it, and Oracle gives a name twice. A preview cannot tell it from one that is to be replaced.
 */
export function twinHook(
  name: string,
  opts: { parent: pulumi.Resource; provider: pulumi.ProviderResource },
): pulumi.ResourceHook {
  const look = async (args: pulumi.ResourceHookArgs) => {
    const { type, newInputs: { compartmentId, displayName } = {} } = args;
    const kind = type === instanceType ? machine(opts) : volume(args, opts);
    const twin = (await kind.found({ compartmentId, displayName })).find(isThere);
    if (!twin) return undefined;
    return `Oracle has ${displayName} already (${twin.id}), and this stack does not know it. If another stack made it, go on with that one. If that stack is lost, or a run was broken off while it was made, ${await kind.remedy(twin.id)}; then run this again.`;
  };
  const whether = ({ newInputs }: pulumi.ResourceHookArgs) =>
    `Oracle has ${newInputs?.displayName} already`;
  return refusing(name, { whether, look }, { onDryRun: false });
}

const instanceType = "oci:Core/instance:Instance";

// Its state would show what it was told at its start, the host key among it.
const machine = (opts: pulumi.InvokeOptions): Kind => ({
  found: async (called) => (await core.getInstances(called, opts)).instances,
  remedy: (id) =>
    `nothing on it is needed: terminate it in Oracle's console (Compute, Instances; its boot volume as well), or in the console's Cloud Shell with: oci compute instance terminate --preserve-boot-volume false --instance-id ${id}`,
});

const volume = (
  { type, name }: pulumi.ResourceHookArgs,
  opts: { parent: pulumi.Resource; provider: pulumi.ProviderResource },
): Kind => ({
  found: async (called) => (await core.getVolumes(called, opts)).volumes,
  async remedy(id) {
    const [parent, provider] = await resolved(pulumi.all([opts.parent.urn, opts.provider.urn]));
    return `take it over with: ${importCommand({ type, name, id }, { parent, provider })}`;
  },
});
