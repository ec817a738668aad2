import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host/host";
import type { Deployed, Staged } from "./deployment";
import type { PortRow } from "./ports";
import type { VerifyRequest } from "./probes/request";
import type { SnikketSettings } from "./snikket-conf";

/** What is to be seen from outside, and the stamps of the runs that make another look necessary. */
interface LookArgs {
  request: pulumi.Input<VerifyRequest>;
  stamps: pulumi.Input<string>[];
}

/**
 * Looks at the server from the operator's side, exactly when one of the stamps is new.
 * The path is relative to the program, so that another checkout is no change.
 */
export function lookFromOutside(
  name: string,
  { request, stamps }: LookArgs,
  opts: pulumi.CustomResourceOptions,
): local.Command {
  return new local.Command(
    name,
    {
      create: "node --require ts-node/register ../components/snikket/verify.ts",
      stdin: pulumi
        .all([request, stamps])
        .apply(([request, stamps]) => JSON.stringify({ ...request, stamps })),
      addPreviousOutputInEnv: false,
      logging: local.Logging.Stdout,
    },
    opts,
  );
}

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
    ...(acme.server === "custom"
      ? { acmeRoots: acme.rootCertificate }
      : { issuer: "Let's Encrypt" }),
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
