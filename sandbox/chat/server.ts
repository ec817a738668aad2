import { snikketPorts } from "../../components/snikket/ports";
import type { VerifyRequest } from "../../components/snikket/probes/request";

/** A Snikket server as its people know it, and where it is to be found without asking DNS. */
export interface Server {
  domain: string;
  ipv4: string;
  /** Root certificates, as PEM. */
  acmeRoot: string;
}

/** The same, as the product's probes want it: they hold the ways to connect. */
export function target({ domain, ipv4, acmeRoot }: Server): VerifyRequest {
  const ports = snikketPorts({ turnPorts: { from: 49_152, to: 65_535 }, proxy65Port: 5000 });
  return { domain, ipv4, acmeRoots: acmeRoot, ports };
}
