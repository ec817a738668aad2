import * as core from "@pulumi/oci/core";
import * as pulumi from "@pulumi/pulumi";
import type { OracleAddress } from "./address";
import type { Availability } from "./availability";
import { isFlexible, type OracleWish } from "./free-tier";
import { newestImage } from "./image";
import type { OracleNetwork } from "./network";

interface OracleMachineArgs extends Omit<OracleWish, "dataVolumeGb" | "allowPaid"> {
  compartmentId: string;
  /** For what is said. */
  region: string;
  label: string;
  /** As `24.04`; another one means another machine. */
  ubuntu: string;
  network: OracleNetwork;
  address: OracleAddress;
  place: Availability;
  /** One line, `ssh-ed25519 AAAA…`: who may log in. */
  authorizedKey: pulumi.Input<string>;
  userData: pulumi.Input<string>;
  protectMachine: boolean;
  hooks: pulumi.ResourceHookBinding;
}

/**
 * What would replace a machine although nothing was meant by it: a newer image, other user data, a domain with room.
 * The provider also forgets which private address it gave, and would take it for a new one.
 */
const settled = [
  "availabilityDomain",
  "metadata",
  "sourceDetails.sourceId",
  "createVnicDetails.privateIpId",
];

/** The machine itself. All that is on its boot volume can be made again. */
export function oracleMachine(
  name: string,
  args: OracleMachineArgs,
  opts: pulumi.CustomResourceOptions,
): core.Instance {
  const image = newestImage(name, args, opts);
  const { beforeCreate = [], ...hooks } = args.hooks;
  return new core.Instance(`${name}-machine`, inputs(args, image.id), {
    ...opts,
    protect: args.protectMachine,
    // The reserved address and the free quota are there but once.
    deleteBeforeReplace: true,
    ignoreChanges: settled,
    // Another processor cannot start from the same boot volume.
    replaceOnChanges: ["shape"],
    replacementTrigger: args.ubuntu,
    // The metadata holds the host key.
    additionalSecretOutputs: ["metadata"],
    hooks: { ...hooks, beforeCreate: [...beforeCreate, image.hook] },
  });
}

const inputs = (args: OracleMachineArgs, image: pulumi.Output<string>): core.InstanceArgs => ({
  compartmentId: args.compartmentId,
  displayName: args.label,
  availabilityDomain: args.place.domain,
  shape: args.shape,
  ...(isFlexible(args) && { shapeConfig: { ocpus: args.ocpus, memoryInGbs: args.memoryGb } }),
  sourceDetails: {
    sourceType: "image",
    sourceId: image,
    bootVolumeSizeInGbs: String(args.bootVolumeGb),
  },
  createVnicDetails: connected(args),
  metadata: {
    ssh_authorized_keys: args.authorizedKey,
    user_data: pulumi.output(args.userData).apply(base64),
  },
  instanceOptions: { areLegacyImdsEndpointsDisabled: true },
  preserveBootVolume: false,
  // One that was stopped is started again.
  state: "RUNNING",
  freeformTags: args.place.tags,
});

const connected = ({ network, address, label }: OracleMachineArgs) => ({
  displayName: label,
  subnetId: network.subnetId,
  nsgIds: [network.groupId],
  privateIpId: address.privateIpId,
  // The reserved one is its public address.
  assignPublicIp: "false",
  ...(address.ipv6 && { ipv6addressIpv6subnetCidrPairDetails: [{ ipv6id: address.ipv6.id }] }),
});

const base64 = (text: string): string => Buffer.from(text).toString("base64");
