import * as core from "@pulumi/oci/core";
import * as pulumi from "@pulumi/pulumi";
import { isFlexible, type OracleWish } from "./free-tier";

type Size = Pick<OracleWish, "shape" | "ocpus" | "memoryGb">;

/**
 * Asks Oracle for room, in each availability domain: a region has one or three. Without a machine it is asked anew each
 * time; then the answers stay as they were.
 */
export function capacity(
  name: string,
  { shape, ocpus, memoryGb }: Size,
  domains: pulumi.Output<{ name: string; compartmentId: string }[]>,
  asked: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<[string, string]>[] {
  const size = { instanceShapeConfig: { ocpus, memoryInGbs: memoryGb } };
  const shapeAvailabilities = [{ instanceShape: shape, ...(isFlexible({ shape }) && size) }];
  const ignoreChanges = ["availabilityDomain", "compartmentId", "shapeAvailabilities"];
  return [0, 1, 2].map((index) => {
    const availabilityDomain = domains.apply((all) => all[index % all.length]?.name ?? "");
    // Only the root compartment is told; it is the domains' own.
    const compartmentId = domains.apply((all) => all[0]?.compartmentId ?? "");
    const report = new core.ComputeCapacityReport(
      `${name}-room-${index + 1}`,
      { availabilityDomain, compartmentId, shapeAvailabilities },
      { ...opts, replacementTrigger: asked, ignoreChanges },
    );
    return pulumi.all([report.availabilityDomain, report.shapeAvailabilities]).apply(summary);
  });
}

/** The answers are for each fault domain, and one is enough. */
function summary([domain, answers]: [string, { availabilityStatus: string }[]]): [string, string] {
  const said = answers.map(({ availabilityStatus }) => availabilityStatus);
  return [domain, said.find((status) => status === "AVAILABLE") ?? said[0] ?? "UNKNOWN"];
}
