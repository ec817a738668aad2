import * as compute from "@pulumi/gcp/compute";
import type { input } from "@pulumi/gcp/types";
import * as pulumi from "@pulumi/pulumi";
import { answerTo } from "../../answer";
import { explain } from "./explain";
import { freeDiskType } from "./free-tier";

interface GoogleMachineArgs {
  project: pulumi.Input<string>;
  zone: string;
  /** What it is called in the project. */
  label: string;
  machineType: string;
  bootDiskGb: number;
  /** As `24.04`. */
  ubuntu: string;
  /** How it is connected. */
  network: input.compute.InstanceNetworkInterface;
  /** The disk with the data, and the name by which the machine finds it. */
  dataDisk: { source: pulumi.Input<string>; deviceName: string };
  metadata: Record<string, pulumi.Input<string>>;
  protectMachine: boolean;
  hooks: pulumi.ResourceHookBinding;
}

/**
 * The machine itself. Its disks come with it: it never starts without its data, one that is gone leaves the data disk
 * (Google deletes with a machine only what was made with it), and its successor is made with the same disk.
 */
export function googleMachine(
  name: string,
  args: GoogleMachineArgs,
  opts: pulumi.CustomResourceOptions,
): compute.Instance {
  const image = pinnedImage(name, args.ubuntu, opts);
  return new compute.Instance(`${name}-machine`, inputs(args, image), {
    ...opts,
    protect: args.protectMachine,
    // The metadata holds the host key.
    additionalSecretOutputs: ["metadata"],
    hooks: args.hooks,
  });
}

const inputs = (args: GoogleMachineArgs, image: pulumi.Output<string>): compute.InstanceArgs => ({
  name: args.label,
  project: args.project,
  zone: args.zone,
  machineType: args.machineType,
  bootDisk: { initializeParams: { image, size: args.bootDiskGb, type: freeDiskType } },
  attachedDisks: [args.dataDisk],
  networkInterfaces: [args.network],
  metadata: args.metadata,
  shieldedInstanceConfig: {
    enableSecureBoot: true,
    enableVtpm: true,
    enableIntegrityMonitoring: true,
  },
  allowStoppingForUpdate: true,
  // One that somebody stopped is started again.
  desiredStatus: "RUNNING",
  deletionProtection: args.protectMachine,
});

/** The newest image of a release, as it was when first asked for: a newer one must not replace a machine. */
function pinnedImage(
  name: string,
  ubuntu: string,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const question = { project: "ubuntu-os-cloud", family: familyOf(ubuntu) };
  const image = answerTo(compute.getImage(question, opts), explain);
  const pin = new pulumi.Stash(
    `${name}-image-${ubuntu}`,
    { input: image.selfLink },
    { ...opts, ignoreChanges: ["input"] },
  );
  return pin.output.apply(String);
}

/** Since 24.04 the processor is part of the name. */
const familyOf = (ubuntu: string): string =>
  `ubuntu-${ubuntu.replace(".", "")}-lts${ubuntu < "24" ? "" : "-amd64"}`;
