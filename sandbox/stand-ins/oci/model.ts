/** What the `oci` plugin plans, and what it answers in a cloud where nothing else exists. */
import { createHash } from "node:crypto";
import type { Invoke, Question } from "../frame";
import type { Failure, Properties, Rules } from "../model";

function shapeFits({ shape, shapeConfig }: Properties): Failure[] {
  if (!shapeConfig || shape !== "VM.Standard.E2.1.Micro") return [];
  return [{ property: "shapeConfig", reason: `shape ${shape} has a fixed size: leave it out` }];
}

/** Where comments and the provider disagree, the provider is right. */
export const models: Record<string, Rules> = {
  "oci:Core/vcn:Vcn": {
    replaces: {
      isIpv6enabled: false,
      isOracleGuaAllocationEnabled: false,
      ipv6privateCidrBlocks: false,
    },
  },
  "oci:Core/internetGateway:InternetGateway": {},
  "oci:Core/routeTable:RouteTable": {},
  "oci:Core/subnet:Subnet": { replaces: { ipv4cidrBlocks: false } },
  // Declared without a word on its inputs.
  "oci:Core/defaultSecurityList:DefaultSecurityList": {
    replaces: { manageDefaultResourceId: true },
  },
  "oci:Core/networkSecurityGroup:NetworkSecurityGroup": {},
  "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule": {
    replaces: { "*": false, networkSecurityGroupId: true },
  },
  "oci:Core/privateIp:PrivateIp": {},
  "oci:Core/publicIp:PublicIp": {},
  "oci:Core/ipv6:Ipv6": {},
  "oci:Core/instance:Instance": {
    check: shapeFits,
    replaces: {
      "metadata.user_data": true,
      "metadata.ssh_authorized_keys": true,
      async: false,
      preserveBootVolume: false,
    },
  },
  "oci:Core/volume:Volume": {},
  "oci:Core/volumeAttachment:VolumeAttachment": {},
  "oci:Core/volumeBackupPolicy:VolumeBackupPolicy": {},
  "oci:Core/volumeBackupPolicyAssignment:VolumeBackupPolicyAssignment": {},
  "oci:Core/computeCapacityReport:ComputeCapacityReport": {},
};

const regionOf = ({ config }: Question) => String(config["oci:config:region"] ?? "us-ashburn-1");

/** An OCID that is always the same for the same words. */
const ocid = (kind: string, region: string, ...words: unknown[]) =>
  `ocid1.${kind}.oc1.${region}.${createHash("sha256").update(words.join(" ")).digest("hex")}`;

/** An answer is a list of this name, beside what was asked for. */
const list =
  (name: string, items: (args: Properties, question: Question) => Properties[]): Invoke =>
  (args, question) => ({ id: name, ...args, [name]: items(args, question) });

const availabilityDomains = ({ compartmentId }: Properties, question: Question) =>
  [1, 2, 3].map((number) => {
    const region = regionOf(question);
    const name = `Uocm:${region.toUpperCase()}-AD-${number}`;
    return { name, id: ocid("availabilitydomain", region, name), compartmentId };
  });

const ubuntu = "Canonical Ubuntu";

/** One image per Ubuntu and architecture, as if it never changed. */
function images(args: Properties, question: Question): Properties[] {
  const { operatingSystem = ubuntu, operatingSystemVersion = "24.04", shape } = args;
  if (operatingSystem !== ubuntu) return [];
  const arm = /\.A\d\./.test(String(shape)) ? "-aarch64" : "";
  const displayName = `Canonical-Ubuntu-${operatingSystemVersion}${arm}-2026.10.01-0`;
  const id = ocid("image", regionOf(question), displayName);
  const state = "AVAILABLE";
  return [{ id, displayName, operatingSystem, operatingSystemVersion, state, sizeInMbs: "47694" }];
}

/** What exists of a type and fits all that was asked for. */
function existing(type: string, asked: Properties, { resources }: Question): Properties[] {
  const fits = (outputs: Properties) =>
    Object.entries(asked).every(([name, value]) => name === "filters" || outputs[name] === value);
  return resources()
    .filter((resource) => resource.type === type && fits(resource.outputs))
    .map(({ id, outputs }) => ({ ...outputs, id }));
}

/** Lists of one where a resource has one, as this function answers. */
const instances = (args: Properties, question: Question) =>
  existing("oci:Core/instance:Instance", args, question).map((instance) => ({
    ...instance,
    shapeConfigs: instance.shapeConfig ? [instance.shapeConfig] : [],
    sourceDetails: [instance.sourceDetails],
    createVnicDetails: [instance.createVnicDetails],
  }));

export const invokes: Record<string, Invoke> = {
  "oci:Identity/getAvailabilityDomains:getAvailabilityDomains": list(
    "availabilityDomains",
    availabilityDomains,
  ),
  "oci:Identity/getCompartments:getCompartments": list("compartments", () => []),
  "oci:Identity/getRegionSubscriptions:getRegionSubscriptions": list(
    "regionSubscriptions",
    (_, question) => [{ regionName: regionOf(question), isHomeRegion: true }],
  ),
  "oci:Core/getBootVolumes:getBootVolumes": list("bootVolumes", () => []),
  "oci:Core/getImages:getImages": list("images", images),
  "oci:Core/getInstances:getInstances": list("instances", instances),
  "oci:Core/getVolumes:getVolumes": list("volumes", (args, question) =>
    existing("oci:Core/volume:Volume", args, question),
  ),
};
