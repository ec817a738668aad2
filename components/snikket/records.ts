import type { RecordSpec } from "../dns/zone";
import type { Host } from "../host/host";

/** Names of the services beside the chat itself: one level below the full domain. */
export const serviceNames = (domain: string): string[] => [`groups.${domain}`, `share.${domain}`];

/** The records a Snikket server needs. */
export function snikketRecords(domain: string, host: Pick<Host, "ipv4" | "ipv6">): RecordSpec[] {
  return [
    { name: domain, type: "A", content: host.ipv4 },
    ...(host.ipv6 ? [{ name: domain, type: "AAAA" as const, content: host.ipv6 }] : []),
    ...serviceNames(domain).map((name) => ({ name, type: "CNAME" as const, content: domain })),
  ];
}
