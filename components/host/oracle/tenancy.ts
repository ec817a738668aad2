import * as core from "@pulumi/oci/core";
import { getCompartments } from "@pulumi/oci/identity";
import * as pulumi from "@pulumi/pulumi";
import { refusing } from "../../answer";
import { resolved } from "../../resolved";
import { dataLabel } from "./data";
import { free, freeTierProblems, noUse, type OracleUse, type OracleWish } from "./free-tier";
import { isThere } from "./place";

interface Named {
  compartmentId: string;
  label: string;
}

interface FreeTierArgs extends Named {
  tenancyId: pulumi.Output<string>;
  wish: OracleWish;
}

/** Refuses what would cost money together with all else in the tenancy, already in the preview. */
export function freeTierHook(
  name: string,
  { wish, ...args }: FreeTierArgs,
  opts: pulumi.InvokeOptions,
): pulumi.ResourceHook {
  let others: Promise<OracleUse> | undefined;
  return refusing(name, {
    whether: "it is free together with all else in the tenancy",
    // There may be many compartments.
    patience: 300,
    look: async ({ oldInputs, newInputs }) => {
      if (wish.allowPaid || !grows(oldInputs, newInputs)) return undefined;
      others ??= resolved(args.tenancyId).then((root) => usedByOthers({ ...args, root }, opts));
      const problems = freeTierProblems(wish, await others);
      return problems.map(({ key, message }) => `snikket:host.${key} ${message}`).join("\n");
    },
  });
}

type Inputs = Record<string, unknown> | undefined;

/** Whether a change may cost: what stays as it is must start again, whatever else runs by now. */
export const grows = (before: Inputs, after: Inputs): boolean => sizeIn(before) !== sizeIn(after);

const sizeIn = (inputs: Inputs = {}): string => {
  const { shape, shapeConfig, sourceDetails, sizeInGbs } = inputs;
  const boot = sourceDetails as { bootVolumeSizeInGbs?: string } | undefined;
  return JSON.stringify([shape, shapeConfig, boot?.bootVolumeSizeInGbs, sizeInGbs]);
};

/** What is used in all compartments that may be read, without what is called `label`; warns of those that may not. */
export async function usedByOthers(
  { compartmentId, label, root }: Named & { root: string },
  opts: pulumi.InvokeOptions,
): Promise<OracleUse> {
  const { places, isAll } = await compartments(root, compartmentId, opts);
  const answers = await Promise.allSettled(places.map((place) => usedIn(place, label, opts)));
  const uses = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  if (!isAll || uses.length < places.length) {
    pulumi.log.warn(
      `Not all of the tenancy could be counted: these credentials may not read every compartment. What runs there shares what is free (A1.Flex: ${free.ocpus} OCPUs and ${free.memoryGb} GB, E2.1.Micro: ${free.micros} machines, volumes: ${free.volumesGb} GB).`,
    );
  }
  return uses.reduce(sum, noUse);
}

/** The tenancy's root and all below it, or the one compartment that is known. */
async function compartments(root: string, compartmentId: string, opts: pulumi.InvokeOptions) {
  try {
    const below = await getCompartments(
      { compartmentId: root, compartmentIdInSubtree: true, state: "ACTIVE" },
      opts,
    );
    const ids = below.compartments.map(({ id }) => id);
    return { places: [...new Set([root, compartmentId, ...ids])], isAll: true };
  } catch {
    return { places: [compartmentId], isAll: false };
  }
}

async function usedIn(
  compartmentId: string,
  label: string,
  opts: pulumi.InvokeOptions,
): Promise<OracleUse> {
  const [{ instances }, { volumes }, { bootVolumes }] = await Promise.all([
    core.getInstances({ compartmentId }, opts),
    core.getVolumes({ compartmentId }, opts),
    core.getBootVolumes({ compartmentId }, opts),
  ]);
  const machines = instances.filter(isThere).filter(({ displayName }) => displayName !== label);
  const flexible = machines.filter(isArm).map(({ shapeConfigs }) => shapeConfigs[0]);
  const disks = [...volumes, ...bootVolumes].filter(isThere).filter(isNotOf(label));
  return {
    ocpus: total(flexible.map((config) => config?.ocpus)),
    memoryGb: total(flexible.map((config) => config?.memoryInGbs)),
    micros: machines.filter(({ shape }) => shape === "VM.Standard.E2.1.Micro").length,
    volumesGb: total(disks.map(({ sizeInGbs }) => Number(sizeInGbs))),
  };
}

const isArm = ({ shape }: { shape: string }): boolean => shape.startsWith("VM.Standard.A1.");

/** A boot volume is called after its machine. */
const isNotOf =
  (label: string) =>
  ({ displayName }: { displayName: string }): boolean =>
    ![dataLabel(label), `${label} (Boot Volume)`].includes(displayName);

const total = (sizes: (number | undefined)[]): number =>
  sizes.reduce((all: number, size) => all + (size ?? 0), 0);

const sum = (one: OracleUse, other: OracleUse): OracleUse => ({
  ocpus: one.ocpus + other.ocpus,
  memoryGb: one.memoryGb + other.memoryGb,
  micros: one.micros + other.micros,
  volumesGb: one.volumesGb + other.volumesGb,
});
