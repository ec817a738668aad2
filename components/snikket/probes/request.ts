import type { PortRow } from "../ports";
import { serviceNames } from "../records";

export type ProbeName =
  | "dns"
  | "http"
  | "certificate"
  | "portal"
  | "xmpp"
  | "client"
  | "server"
  | "files"
  | "stun"
  | "turn"
  | "ipv6";

/** What is verified, and what is known of it. Plain data: it travels as JSON. */
export interface VerifyRequest {
  domain: string;
  ipv4: string;
  /** Only if the machine is reached by IPv6 too: without it, an AAAA record is a mistake. */
  ipv6?: string;
  /** Name servers to ask, as addresses (with a port, if not 53) or host names. @default - the zone's own */
  nameservers?: string[];
  /** Roots to trust, as PEM. @default - the system's */
  acmeRoots?: string;
  /** Text that the certificate's issuer must contain. @default - any trusted issuer */
  issuer?: string;
  ports: PortRow[];
  /** A file put in place beforehand, to be read by plain HTTP under all names. */
  challenge?: { path: string; content: string };
  /** Short-lived TURN credentials. @default - the TURN probe is skipped */
  turn?: { username: string; credential: string };
  /** By name of a port row: does something listen there, as seen on the machine itself? */
  machineSees?: Record<string, boolean>;
  /** How long to ask again what is not right yet, in seconds. @default 0 */
  patience?: number;
  /** "proxy" is the state before there is a certificate. @default "all" */
  phase?: "proxy" | "all";
  /** @default - every probe of the phase */
  only?: ProbeName[];
}

/** The three names a Snikket server answers to. */
export function namesOf({ domain }: VerifyRequest): string[] {
  return [domain, ...serviceNames(domain)];
}

/** A row of the port table. */
export function portRow({ ports }: VerifyRequest, name: string): PortRow {
  const row = ports.find((row) => row.name === name);
  if (!row) throw new Error(`the port table has no row "${name}"`);
  return row;
}
