import { isIPv4, isIPv6 } from "node:net";
import { z } from "zod";
import { freeMachineType, usualDiskGb } from "../components/host/google/free-tier";
import { freeShapes, smallestVolumeGb } from "../components/host/oracle/free-tier";

export const port = z
  .int()
  .min(1, "is not a port (1 to 65535)")
  .max(65535, "is not a port (1 to 65535)");

/** With a zone behind it, as fe80::1%eth0, an address means something on one machine alone. */
const isPlainIpv6 = (value: string): boolean => isIPv6(value) && !value.includes("%");

export const ipv4 = z
  .string()
  .refine(
    isIPv4,
    "is not an IPv4 address, as 198.51.100.7 (a name is not enough: DNS is checked against it)",
  );

const hostKeyHint =
  "on the machine: cat /etc/ssh/ssh_host_ed25519_key.pub; or: ssh-keyscan -t ed25519 ADDRESS, compared with that";
const hostKey = z
  .string()
  .regex(/^ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-Za-z0-9+/]{43}(?: .*)?$/, {
    error: ({ input }) =>
      /^(ssh-rsa|ecdsa-|ssh-dss|sk-)/.test(String(input))
        ? `is a key of another type; the ed25519 host key is needed (${hostKeyHint})`
        : `is not an ed25519 host key "ssh-ed25519 AAAA…" (${hostKeyHint})`,
  })
  .transform((key) => key.split(" ").slice(0, 2).join(" "));

const rebootAt = z
  .string()
  .regex(/^(([01]\d|2[0-3]):[0-5]\d|never)$/, 'is not a time, as "04:00", or "never"')
  .default("04:00")
  .describe("When the machine may restart for security updates (its own clock), or never");

const Existing = z.strictObject({
  provider: z.literal("existing"),
  address: ipv4.describe("Public IPv4 address of the machine (on it: curl -4 ifconfig.me)"),
  ipv6: z
    .string()
    .refine(isPlainIpv6, "is not an IPv6 address, as 2001:db8::7")
    .optional()
    .describe("Public IPv6 address; only if AAAA records are wanted"),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, "is not the name of a user, as root or ubuntu")
    .default("root")
    .describe("SSH user: root, or one who may use sudo without a password"),
  port: port.default(22).describe("SSH port"),
  hostKey: hostKey.describe(
    `The machine's ed25519 host key, as ssh-ed25519 AAAA… (${hostKeyHint})`,
  ),
  rebootAt,
});

/** Whether a text is a block of addresses, as 198.51.100.0/24. Clouds refuse one whose address has bits beyond its prefix. */
function isCidr(value: string): boolean {
  const [address = "", prefix = "", ...rest] = value.split("/");
  if (rest.length || !/^\d{1,3}$/.test(prefix)) return false;
  if (!isIPv4(address) && !isPlainIpv6(address)) return false;
  const bits = bitsOf(address);
  return Number(prefix) <= bits.length && !bits.includes("1", Number(prefix));
}

/** An address as zeros and ones. */
const bitsOf = (address: string): string =>
  isIPv4(address) ? binary(address.split(".").map(Number), 8) : binary(groupsOf(address), 16);

const binary = (numbers: number[], digits: number): string =>
  numbers.map((number) => number.toString(2).padStart(digits, "0")).join("");

/** The eight numbers of an IPv6 address, which may be written in several ways. */
function groupsOf(address: string): number[] {
  const written = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = [], tail = []] = written.split("::").map((part) =>
    part
      .split(":")
      .filter(Boolean)
      .map((group) => Number.parseInt(group, 16)),
  );
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
}

const cidr = z
  .string()
  .refine(
    isCidr,
    "is not a block of addresses, as 198.51.100.0/24, or 198.51.100.7/32 for a single one",
  );

/** Keys of every machine that a cloud is asked for. */
const rented = {
  sshFrom: z
    .array(cidr)
    .min(
      1,
      "is empty; name the address you work from, as 198.51.100.7/32 (see: curl -4 ifconfig.me)",
    )
    .optional()
    .describe("Addresses that may reach the machine by SSH: yours, as [198.51.100.7/32]"),
  allowWorld: z.boolean().default(false).describe("Lets SSH be open to the whole internet"),
  ubuntu: z.enum(["24.04", "22.04"]).default("24.04").describe("Release of Ubuntu"),
  ipv6: z.boolean().default(false).describe("Whether the machine has an IPv6 address as well"),
  protectMachine: z
    .boolean()
    .default(true)
    .describe("Keeps the machine from being replaced or destroyed; false for one up allows it"),
  allowPaid: z.boolean().default(false).describe("Allows what costs money"),
  rebootAt,
};

const Oracle = z.strictObject({
  provider: z.literal("oracle"),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d+$/, {
      error: ({ input }) =>
        `${JSON.stringify(input)} is no region of Oracle Cloud, as eu-frankfurt-1; yours stands at the top of its console`,
    })
    .describe(
      "Your home region, as eu-frankfurt-1: only there machines are free (it stands at the top of Oracle's console)",
    ),
  compartmentId: z
    .string()
    .regex(/^ocid1\.(compartment|tenancy)\.oc\d+\.[a-z0-9-]*\.[a-z0-9]+$/, {
      error: ({ input }) => {
        const [, kind] = /^ocid1\.([a-z]+)\./.exec(String(input)) ?? [];
        const want = "ocid1.compartment… or ocid1.tenancy… (console: Identity, Compartments)";
        return kind && !/^(compartment|tenancy)$/.test(kind)
          ? `is of the kind "${kind}"; needed is the compartment's: ${want}`
          : `is not the OCID of a compartment: ${want}`;
      },
    })
    .describe(
      "OCID of the compartment, or of the tenancy for its root (console: Identity, Compartments)",
    ),
  shape: z.enum(freeShapes).default(freeShapes[0]).describe("Kind of machine"),
  ocpus: z.int().min(1, "must be 1 or more").default(1).describe("Processor cores of an A1.Flex"),
  memoryGb: z.int().min(1, "must be 1 or more").default(6).describe("Memory of an A1.Flex, in GB"),
  bootVolumeGb: z
    .int()
    .min(smallestVolumeGb, `must be ${smallestVolumeGb} or more: Oracle's images need it`)
    .default(smallestVolumeGb)
    .describe("Size of the boot volume, in GB"),
  dataVolumeGb: z
    .int()
    .min(smallestVolumeGb, `must be ${smallestVolumeGb} or more: Oracle has no smaller volumes`)
    .default(smallestVolumeGb)
    .describe("Size of the volume with the family's data, in GB; it can grow, and not shrink"),
  availabilityDomain: z
    .int()
    .min(1, "must be 1, 2 or 3")
    .max(3, "must be 1, 2 or 3")
    .optional()
    .describe("Number of the availability domain; by default the first one with room"),
  ...rented,
});

const Google = z.strictObject({
  provider: z.literal("google"),
  project: z
    .string()
    .regex(
      /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/,
      "is not the id of a project, as family-chat-471203 (see: gcloud projects list)",
    )
    .describe("Id of the Google Cloud project, as family-chat-471203 (see: gcloud projects list)"),
  zone: z
    .string()
    .regex(/^[a-z]+-[a-z]+\d{1,2}-[a-f]$/, "is not a zone, as us-east1-b")
    .describe("Zone of the machine, as us-east1-b; free in us-east1, us-central1 and us-west1"),
  machineType: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)+$/, `is not a machine type, as ${freeMachineType}`)
    .default(freeMachineType)
    .describe("Kind of machine"),
  bootDiskGb: z
    .int()
    .min(10, "must be 10 or more")
    .default(usualDiskGb.boot)
    .describe("Size of the boot disk, in GB"),
  dataDiskGb: z
    .int()
    .min(10, "must be 10 or more")
    .default(usualDiskGb.data)
    .describe("Size of the disk with the family's data, in GB; it can grow, and not shrink"),
  networkTier: z
    .enum(["STANDARD", "PREMIUM"])
    .default("STANDARD")
    .describe("Google's network tier"),
  ...rented,
});

/** The machine: one that is there, or one that a cloud is asked for. */
export const Host = z.discriminatedUnion("provider", [Existing, Oracle, Google]);
export type HostConfig = z.output<typeof Host>;
