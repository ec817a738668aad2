import type { Zone } from "../components/dns/zone";
import type { StackConfig } from "./config";

/** Who keeps the stack's records. The only switch over DNS services; it loads only what is used. */
export function createZone({ dns }: StackConfig): Zone {
  switch (dns.provider) {
    case "manual": {
      const { manualZone } =
        require("../components/dns/manual-zone") as typeof import("../components/dns/manual-zone");
      return manualZone();
    }
    case "cloudflare": {
      const { cloudflareZone } =
        require("../components/dns/cloudflare-zone") as typeof import("../components/dns/cloudflare-zone");
      return cloudflareZone(dns.zone.includes(".") ? dns : { zoneId: dns.zone });
    }
  }
}
