import * as core from "@pulumi/oci/core";
import * as pulumi from "@pulumi/pulumi";
import type { DataDisk } from "../host";

interface OracleDataArgs {
  compartmentId: string;
  label: string;
  sizeGb: number;
  availabilityDomain: pulumi.Input<string>;
  machine: core.Instance;
  /** Asked before it is made or grows. */
  hooks: pulumi.ResourceHookBinding;
}

/** Where the machine finds the volume. Source: Oracle's documentation of consistent device paths. */
const device = "/dev/oracleoci/oraclevdb";

/** What the volume is called; by this name it is found again. */
export const dataLabel = (label: string): string => `${label}-data`;

/** The volume with the family's data: it outlives the machine, and is backed up by itself. */
export function oracleData(
  name: string,
  { compartmentId, label, sizeGb, availabilityDomain, machine, hooks }: OracleDataArgs,
  opts: pulumi.CustomResourceOptions,
): Omit<DataDisk, "folder"> {
  const named = { compartmentId, displayName: dataLabel(label) };
  const volume = new core.Volume(
    `${name}-data`,
    { ...named, availabilityDomain, sizeInGbs: String(sizeGb) },
    // Only where there is a machine: it cannot follow one to another domain.
    { ...opts, protect: true, ignoreChanges: ["availabilityDomain"], dependsOn: machine, hooks },
  );
  backUp(name, named, volume, opts);
  const { displayName } = named;
  const ends = { instanceId: machine.id, volumeId: volume.id };
  const attachment = new core.VolumeAttachment(
    `${name}-data-attached`,
    { displayName, ...ends, attachmentType: "paravirtualized", device },
    { ...opts, deleteBeforeReplace: true },
  );
  return { device, state: pulumi.interpolate`${attachment.id} ${sizeGb} GB` };
}

function backUp(
  name: string,
  named: { compartmentId: string; displayName: string },
  volume: core.Volume,
  opts: pulumi.CustomResourceOptions,
): void {
  const policy = new core.VolumeBackupPolicy(`${name}-backups`, { ...named, schedules }, opts);
  const which = { assetId: volume.id, policyId: policy.id };
  new core.VolumeBackupPolicyAssignment(`${name}-data-backups`, which, opts);
}

const day = 24 * 60 * 60;

/**
 * Twice a week, each gone a day before its successor: five backups are free in a tenancy, and two families never have
 * more than four. Oracle's own policies (bronze, silver, gold) keep a dozen and more.
 */
const schedules = ["SUNDAY", "WEDNESDAY"].map((dayOfWeek) => ({
  backupType: "INCREMENTAL",
  period: "ONE_WEEK",
  offsetType: "STRUCTURED",
  dayOfWeek,
  hourOfDay: 1,
  timeZone: "UTC",
  retentionSeconds: 6 * day,
}));
