import { BlockList } from "node:net";
import { regionOf, zones, zonesOf } from "../components/host/google/regions";
import { nearest } from "../components/near";
import type { HostConfig } from "./config.hosts";

/** Source: oracle/oci-go-sdk, common/regions.go, realm oc1 (2026). */
const regions =
  "af-casablanca-1 af-johannesburg-1 ap-batam-1 ap-chuncheon-1 ap-delhi-1 ap-hyderabad-1 ap-kulai-2 ap-melbourne-1 ap-mumbai-1 ap-osaka-1 ap-seoul-1 ap-singapore-1 ap-singapore-2 ap-sydney-1 ap-tokyo-1 ca-montreal-1 ca-toronto-1 eu-amsterdam-1 eu-frankfurt-1 eu-madrid-1 eu-madrid-3 eu-marseille-1 eu-milan-1 eu-paris-1 eu-stockholm-1 eu-turin-1 eu-zurich-1 il-jerusalem-1 me-abudhabi-1 me-dubai-1 me-jeddah-1 me-riyadh-1 mx-monterrey-1 mx-queretaro-1 sa-bogota-1 sa-santiago-1 sa-saopaulo-1 sa-valparaiso-1 sa-vinhedo-1 uk-cardiff-1 uk-london-1 us-ashburn-1 us-chicago-1 us-phoenix-1 us-saltlake-2 us-sanjose-1".split(
    " ",
  );

/** Where addresses are that the internet has no way to. Source: RFC 1918, 6598, 1122 and 3927. */
const unreachable = new BlockList();
for (const [net, bits] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
] as const)
  unreachable.addSubnet(net, bits);

/** What may be wrong with a machine, and may be right: clouds get new places. */
export function hostDoubts(host: HostConfig): string[] {
  if (host.provider === "existing") return addressDoubts(host.address);
  if (host.provider === "oracle")
    return doubts("region", host.region, regions, "Yours stands at the top of Oracle's console.");
  const beside = zonesOf(regionOf(host.zone));
  const known = beside.length ? beside : zones;
  return doubts("zone", host.zone, known, "gcloud compute zones list shows them all.");
}

/** Behind a router, a machine's own address is not the one by which it is found. */
const addressDoubts = (address: string): string[] =>
  unreachable.check(address)
    ? [
        `snikket:host.address is ${address}, which is private: nobody outside its network reaches the server by it. Write the public one; on the machine: curl -4 ifconfig.me`,
      ]
    : [];

/** Values of stacks/*.example.yaml that nobody has. */
const exampleValues: Record<string, string> = {
  domain: "chat.example.org",
  adminEmail: "admin@example.org",
  "host.address": "198.51.100.7",
  "host.hostKey":
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJBM923AbB9KbXdiuCHsJotdeFToyhEXLUe/w6+//dyV",
  "host.compartmentId": "ocid1.compartment.oc1..aaaaaaaaexample",
  "host.project": "family-chat-471203",
  "host.sshFrom": "198.51.100.7/32",
  "dns.zone": "0123456789abcdef0123456789abcdef",
};

/** What was copied from an example and not changed, in one sentence. */
export function exampleDoubts(config: object): string[] {
  const left = Object.entries(exampleValues).filter(([key, example]) => {
    const value = key
      .split(".")
      .reduce<unknown>((at, name) => (at as Record<string, unknown>)?.[name], config);
    return String(value) === example;
  });
  if (!left.length) return [];
  const list = left.map(([key, example]) => `snikket:${key} is ${example}`).join(", ");
  return [`${list}, as in the example: write your own`];
}

function doubts(key: string, value: string, known: string[], remedy: string): string[] {
  if (known.includes(value)) return [];
  const near = nearest(value, known).join(", ");
  const misspelt = near ? `misspelt; near it: ${near}` : "misspelt";
  return [
    `snikket:host.${key} is ${value}, which is not known here: it is new, or ${misspelt}. ${remedy}`,
  ];
}
