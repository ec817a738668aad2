import { Resolver } from "node:dns/promises";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "./console";
import { docker } from "./docker";
import { address, containerName, domain, inHome, zone } from "./settings";

/** One DNS record in the sandbox's zone; names in full. */
export type SandboxRecord = { name: string; type: "A" | "AAAA" | "CNAME"; value: string };

/** What the owner of the domain would enter at their DNS provider. */
export const chatRecords = (): SandboxRecord[] => [
  { name: domain, type: "A", value: address("machine") },
  { name: `groups.${domain}`, type: "CNAME", value: domain },
  { name: `share.${domain}`, type: "CNAME", value: domain },
];

/** Makes these the only records beside the sandbox's own; when it returns, they are what the zone answers. */
export async function setRecords(records: SandboxRecord[]): Promise<void> {
  if (!writeRecords(records)) return;
  await docker(["exec", containerName("dns"), "sh", "-c", endNameServer]);
  await untilNamesResolve();
}

/** The next one starts by itself and reads the file. */
const endNameServer = `old=$(pidof dnsmasq) || exit 0; kill $old
  while kill -0 $old 2>/dev/null; do sleep 0.02; done`;

/** Writes the name server's file; false where it said the same already. */
export function writeRecords(records: SandboxRecord[]): boolean {
  const own = (["dns", "acme", "registry", "apt"] as const).map((part) =>
    line({ name: `${part === "dns" ? "ns" : part}.${zone}`, type: "A", value: address(part) }),
  );
  const text = `${[...own, ...records.map(line)].join("\n")}\n`;
  const file = inHome("records", "records.conf");
  if (existsSync(file) && readFileSync(file, "utf8") === text) return false;
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
  return true;
}

function line({ name, type, value }: SandboxRecord): string {
  return `${type === "CNAME" ? "cname" : "host-record"}=${name},${value}`;
}

/** Waits until the name server answers. */
export async function untilNamesResolve(): Promise<void> {
  const resolver = new Resolver({ timeout: 250, tries: 1 });
  resolver.setServers([address("dns")]);
  for (let left = 40; ; left--) {
    const seen = await resolver.resolve4(`ns.${zone}`).catch((error: Error) => error.message);
    if (typeof seen !== "string") return;
    if (!left)
      throw new Problem(
        `The sandbox's name server ${address("dns")} does not answer (${seen}). Look at: docker logs ${containerName("dns")}`,
      );
    await sleep(250);
  }
}
