import { googleOpening, oracleOpening } from "./openings";

/** Plain words for a resource, so that a plan can be read by somebody who has never seen Pulumi. */
interface Words {
  what: string;
  /**
   * What it is to the family: machines may go and come, the address and the data are to stay. A step is something that
   * is run on the machine or looked at from outside; nothing is lost with it.
   */
  role?: "machine" | "address" | "data" | "step";
  /** Inputs that tell one of several from the others, or what is made of them; numbers and texts are shown. */
  tell?: (string | ((inputs: Record<string, unknown>) => unknown))[];
}

/** By type, in the order a plan tells of them. The only place that says what a type is called. */
const types: Record<string, Words> = {
  "oci:Core/instance:Instance": {
    what: "the machine",
    role: "machine",
    tell: ["shape", "availabilityDomain"],
  },
  "gcp:compute/instance:Instance": {
    what: "the machine",
    role: "machine",
    tell: ["machineType", "zone"],
  },
  "oci:Core/publicIp:PublicIp": { what: "the public address", role: "address" },
  "oci:Core/ipv6:Ipv6": { what: "the public IPv6 address", role: "address" },
  "gcp:compute/address:Address": { what: "the public address", role: "address", tell: ["region"] },
  "oci:Core/volume:Volume": { what: "the data disk", role: "data", tell: ["sizeInGbs"] },
  "gcp:compute/disk:Disk": { what: "the data disk", role: "data", tell: ["size", "type"] },
  "oci:Core/volumeAttachment:VolumeAttachment": { what: "the data disk's attachment" },
  "oci:Core/volumeBackupPolicy:VolumeBackupPolicy": { what: "the schedule of backups" },
  "oci:Core/volumeBackupPolicyAssignment:VolumeBackupPolicyAssignment": {
    what: "the data disk's place in a schedule of backups",
  },
  "tls:index/privateKey:PrivateKey": { what: "a key", tell: ["algorithm"] },
  "oci:Core/vcn:Vcn": { what: "the network" },
  "gcp:compute/network:Network": { what: "the network" },
  "oci:Core/subnet:Subnet": { what: "the subnet", tell: ["cidrBlock"] },
  "gcp:compute/subnetwork:Subnetwork": { what: "the subnet", tell: ["ipCidrRange"] },
  "oci:Core/internetGateway:InternetGateway": { what: "the network's way to the internet" },
  "oci:Core/routeTable:RouteTable": { what: "the network's routes" },
  "oci:Core/privateIp:PrivateIp": { what: "the address inside the network" },
  "oci:Core/defaultSecurityList:DefaultSecurityList": { what: "the network's own list of rules" },
  "oci:Core/networkSecurityGroup:NetworkSecurityGroup": { what: "the firewall" },
  "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule": {
    what: "a rule of the firewall",
    tell: [oracleOpening, "source", "description"],
  },
  "gcp:compute/firewall:Firewall": {
    what: "a rule of the firewall",
    tell: [googleOpening, "description"],
  },
  "cloudflare:index/dnsRecord:DnsRecord": {
    what: "a DNS record",
    tell: ["name", "type", "content"],
  },
  "oci:Core/computeCapacityReport:ComputeCapacityReport": {
    what: "the question where there is room for the machine",
    tell: ["availabilityDomain"],
  },
  "pulumi:index:Stash": { what: "a remembered value" },
  "command:remote:Command": { what: "a step on the machine", role: "step" },
  "command:local:Command": { what: "a look from outside", role: "step" },
};

/** By name, where one type serves several ends; steps in the order they are taken. */
const names: [name: RegExp, what: string][] = [
  [/-host-key$/, "the key the machine proves itself with"],
  [/-deploy-key$/, "the key that deployments log in with"],
  [/-image-[\d.]+$/, "the remembered image of Ubuntu"],
  [/-domain$/, "the remembered domain"],
  [/-named$/, "a look at the DNS names"],
  [/-prepare$/, "preparing the machine"],
  [/-install$/, "installing Docker"],
  [/-stage$/, "Snikket's configuration, and its web proxy alone"],
  [/-reached$/, "a look at the web proxy from outside"],
  [/-deploy$/, "Snikket, its certificate and the first invitation"],
  [/-verified$/, "a look at everything from outside"],
];

const hasSeveralEnds = (type: string): boolean => /^(command|tls|pulumi):/.test(type);

/** @param type as in the last part of a URN's types, such as oci:Core/instance:Instance */
export function wordsFor(type: string, name: string): Words {
  const words = types[type] ?? { what: `something of type ${type}` };
  const [, what = words.what] =
    (hasSeveralEnds(type) && names.find(([pattern]) => pattern.test(name))) || [];
  return { ...words, what };
}

/** Where a plan tells of it: among things of one kind by name, among steps as they are taken. */
export function compareWords(one: { type: string; name: string }, other: typeof one): number {
  const place = ({ type, name }: typeof one) => {
    const inTypes = Object.keys(types).indexOf(type);
    const inNames = hasSeveralEnds(type) ? names.findIndex(([pattern]) => pattern.test(name)) : -1;
    return type.startsWith("command:")
      ? 1000 + inNames
      : inTypes < 0
        ? 999
        : inTypes + inNames / 100;
  };
  return place(one) - place(other) || one.name.localeCompare(other.name, "en", { numeric: true });
}
