import type { RecordSpec } from "../dns/zone";
import type { Host } from "../host/host";

/** The records a Snikket server needs; its two services are names below the full domain. */
export function snikketRecords(domain: string, host: Pick<Host, "ipv4" | "ipv6">): RecordSpec[] {
  return [
    { name: domain, type: "A", content: host.ipv4 },
    ...(host.ipv6 ? [{ name: domain, type: "AAAA" as const, content: host.ipv6 }] : []),
    { name: `groups.${domain}`, type: "CNAME", content: domain },
    { name: `share.${domain}`, type: "CNAME", content: domain },
  ];
}
