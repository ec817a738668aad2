import { generateKeyPairSync } from "node:crypto";
import { models as cloudflare } from "../../sandbox/stand-ins/cloudflare/model";
import { models as gcp } from "../../sandbox/stand-ins/gcp/model";
import type { PluginName } from "../../sandbox/stand-ins/install";
import { UNKNOWN } from "../../sandbox/stand-ins/model";
import { models as oci } from "../../sandbox/stand-ins/oci/model";
import { models as tls } from "../../sandbox/stand-ins/tls/model";
import type { Pair } from "./contract";
import {
  type Declaration,
  declaration,
  type PlainInput,
  plainInputs,
} from "./contract-declarations";
import { type Properties, pluginPair } from "./contract-plugin";

export const unknown = UNKNOWN;

export interface Provider extends Pair<string> {
  name: PluginName;
  /** What the SDK declares of the resource types that the program makes. */
  types: [type: string, declared: Declaration][];
}

const provider = (name: PluginName, models: object): Provider => ({
  name,
  ...pluginPair(name, false),
  types: Object.keys(models).map((type) => [type, declaration(type)]),
});

export const providers = {
  oci: provider("oci", oci),
  gcp: provider("gcp", gcp),
  cloudflare: provider("cloudflare", cloudflare),
  tls: provider("tls", tls),
};

/** Accounts that are none: a check and a plan ask nobody. */
export function account(name: PluginName): Record<string, string> {
  if (name === "gcp")
    return {
      "gcp:config:project": "family",
      "gcp:config:accessToken": "none",
      "gcp:config:region": "us-east1",
    };
  if (name === "cloudflare") return { "cloudflare:config:apiToken": "0".repeat(40) };
  if (name !== "oci") return {};
  const pem = { type: "pkcs1", format: "pem" } as const;
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    "oci:config:tenancyOcid": "ocid1.tenancy.oc1..a",
    "oci:config:userOcid": "ocid1.user.oc1..a",
    "oci:config:fingerprint": Array(16).fill("00").join(":"),
    "oci:config:privateKey": privateKey.export(pem).toString(),
    "oci:config:region": "eu-frankfurt-1",
  };
}

/** Names of inputs as they are found in any provider's sentence: `compartment_id` is `compartmentId`. */
export const words = (texts: string[]): string =>
  texts.join("\n").toLowerCase().replaceAll("_", "");

/** Of the inputs whose comment says otherwise: the providers update them. */
const updated: Record<string, string[]> = {
  "oci:Core/vcn:Vcn": ["isIpv6enabled", "isOracleGuaAllocationEnabled"],
  "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule": [
    ...["description", "destination", "destinationType", "direction", "protocol", "source"],
    ...["sourceType", "stateless"],
  ],
  "oci:Core/instance:Instance": ["async", "preserveBootVolume"],
};

/** The plain inputs of a type whose comment says whether a change makes another resource. */
export const commented = (type: string): Required<PlainInput>[] =>
  plainInputs(type).flatMap(({ replaces, ...input }) => {
    if (replaces === undefined) return [];
    return { ...input, replaces: replaces && !updated[type]?.includes(input.name) };
  });

/** A resource, one change of it, and whether that makes another one. */
interface Change {
  type: string;
  old: Properties;
  now: Properties;
  replaces: boolean;
  /** An output that is not known before the resource is there. */
  computed?: string;
}

const compartmentId = "ocid1.compartment.oc1..a";
const machine = {
  ...{
    compartmentId,
    availabilityDomain: "Uocm:EU-FRANKFURT-1-AD-1",
    shape: "VM.Standard.A1.Flex",
  },
  shapeConfig: { ocpus: 2, memoryInGbs: 12 },
  sourceDetails: { sourceType: "image", sourceId: "ocid1.image.oc1..a" },
  createVnicDetails: { subnetId: "ocid1.subnet.oc1..a" },
  metadata: { user_data: "YQ==" },
};
const vm = {
  ...{ name: "chat", zone: "us-east1-b", machineType: "e2-micro" },
  bootDisk: { initializeParams: { image: "ubuntu-2404", size: 10 } },
  networkInterfaces: [{ network: "default" }],
};
const ipv6Address = { externalIpv6: "2001:db8::", networkTier: "PREMIUM" };
const disk = { name: "data", zone: "us-east1-b", size: 10, type: "pd-standard" };
const address = { name: "chat", region: "us-east1", networkTier: "STANDARD" };
const record = {
  zoneId: "0".repeat(32),
  name: "chat.family.example",
  type: "A",
  ttl: 300,
  content: "198.51.100.1",
};
const publicIp = { compartmentId, lifetime: "RESERVED", displayName: "chat" };

const rows = (
  type: string,
  old: Properties,
  computed: string,
  cases: [now: Properties, replaces: boolean][],
): Change[] => cases.map(([now, replaces]) => ({ type, old, now, replaces, computed }));

/** Each change that the program's promises hang on, whatever the comments say: what may be replaced, and what must not be. */
export const changes: Change[] = [
  ...rows("oci:Core/instance:Instance", machine, "bootVolumeId", [
    [{ displayName: "another" }, false],
    [{ shapeConfig: { ocpus: 1, memoryInGbs: 6 } }, false],
    [{ sourceDetails: { sourceType: "image", sourceId: "ocid1.image.oc1..b" } }, false],
    [{ availabilityDomain: "Uocm:EU-FRANKFURT-1-AD-2" }, true],
    [{ createVnicDetails: { subnetId: "ocid1.subnet.oc1..b" } }, true],
    [{ metadata: { user_data: "Yg==" } }, true],
  ]),
  ...rows("oci:Core/publicIp:PublicIp", publicIp, "ipAddress", [
    [{ displayName: "another" }, false],
    [{ privateIpId: "ocid1.privateip.oc1..a" }, false],
    [{ lifetime: "EPHEMERAL" }, true],
  ]),
  ...rows(
    "oci:Core/vcn:Vcn",
    { compartmentId, cidrBlocks: ["10.0.0.0/16"], dnsLabel: "chat" },
    "state",
    [
      [{ isIpv6enabled: true }, false],
      [{ dnsLabel: "another" }, true],
    ],
  ),
  ...rows("gcp:compute/instance:Instance", vm, "instanceId", [
    [{ machineType: "e2-small" }, false],
    [{ metadata: { "user-data": "b" } }, false],
    [{ deletionProtection: true }, false],
    [{ bootDisk: { initializeParams: { image: "debian-13", size: 10 } } }, true],
    [{ bootDisk: { initializeParams: { image: "ubuntu-2404", size: 20 } } }, true],
    [{ metadataStartupScript: "true" }, true],
    [{ networkInterfaces: [{ network: "default", stackType: "IPV4_IPV6" }] }, false],
    [{ networkInterfaces: [{ network: "default", ipv6AccessConfigs: [ipv6Address] }] }, true],
    [{ zone: "us-east1-c" }, true],
  ]),
  ...rows("gcp:compute/address:Address", address, "address", [
    [{ labels: { family: "ours" } }, false],
    [{ networkTier: "PREMIUM" }, true],
  ]),
  ...rows("gcp:compute/disk:Disk", disk, "selfLink", [
    [{ size: 20 }, false],
    [{ size: 5 }, true],
    [{ type: "pd-ssd" }, true],
  ]),
  ...rows("cloudflare:index/dnsRecord:DnsRecord", record, "createdOn", [
    [{ content: "198.51.100.2" }, false],
    [{ ttl: 60 }, false],
    [{ type: "CNAME" }, true],
    [{ zoneId: "1".repeat(32) }, true],
  ]),
  ...rows("tls:index/privateKey:PrivateKey", { algorithm: "ED25519" }, "publicKeyOpenssh", [
    [{ algorithm: "RSA" }, true],
  ]),
];
