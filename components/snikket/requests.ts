import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host/host";
import type { Deployed, Staged } from "./deployment";
import type { PortRow } from "./ports";
import type { VerifyRequest } from "./probes/request";
import type { SnikketSettings } from "./snikket-conf";

/** How long the DNS gate waits for records that somebody is just making, in seconds. */
const dnsPatience = 60;

/** What every look from outside is told. */
export const baseRequest = (
  { domain, acme }: SnikketSettings,
  host: Host,
  ports: PortRow[],
  nameservers: string[] | undefined,
): pulumi.Output<VerifyRequest> =>
  pulumi.all([host.ipv4, host.ipv6]).apply(([ipv4, ipv6]) => ({
    domain,
    ipv4,
    ...(ipv6 && { ipv6 }),
    ...(nameservers && { nameservers }),
    ...(acme.server === "custom" && { acmeRoots: acme.rootCertificate }),
    ports,
  }));

/** The gate before anything is deployed: all names lead to the machine. */
export const namesOnly = (request: VerifyRequest): VerifyRequest => ({
  ...request,
  only: ["dns"],
  patience: dnsPatience,
});

/** The gate before a certificate is asked for: the challenge can be fetched under all names. */
export const challengeOnly = (request: VerifyRequest, { challenge }: Staged): VerifyRequest => ({
  ...request,
  phase: "proxy",
  challenge,
});

/** Everything a family needs. */
export const everything = (request: VerifyRequest, seen: Deployed): VerifyRequest => ({
  ...request,
  ...(seen.chain && !request.acmeRoots && { acmeRoots: seen.chain }),
  turn: seen.turn,
  machineSees: Object.fromEntries(
    request.ports.map(({ name, protocol, from }) => [
      name,
      seen.listening.includes(`${protocol}/${from}`),
    ]),
  ),
});
