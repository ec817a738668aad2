import * as pulumi from "@pulumi/pulumi";

interface Sizes {
  sizeInGbs?: string;
  sourceDetails?: { bootVolumeSizeInGbs?: string };
}

/** What is wrong with a volume's new size; nothing where it stays or grows. */
export function shrinkProblem(before: Sizes = {}, after: Sizes = {}): string | undefined {
  const sizes = [
    ["dataVolumeGb", before.sizeInGbs, after.sizeInGbs],
    [
      "bootVolumeGb",
      before.sourceDetails?.bootVolumeSizeInGbs,
      after.sourceDetails?.bootVolumeSizeInGbs,
    ],
  ] as const;
  const [key, was, is] = sizes.find(([, was, is]) => Number(is) < Number(was)) ?? [];
  if (!key) return undefined;
  return `snikket:host.${key} is ${is}, but the volume has ${was} GB, and Oracle's volumes cannot shrink. Set ${was} or more.`;
}

/** Refuses already in the preview what Oracle would refuse when half is done. */
export const shrinkHook = (name: string): pulumi.ResourceHook =>
  new pulumi.ResourceHook(
    name,
    ({ oldInputs, newInputs }) => {
      const problem = shrinkProblem(oldInputs, newInputs);
      if (problem) throw new Error(problem);
    },
    { onDryRun: true },
  );
