import { Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { Failure } from "./probe";

/** What one name server says of one name. */
export interface Answer {
  /** A records, through CNAMEs. */
  ipv4: string[];
  /** AAAA records, through CNAMEs. */
  ipv6: string[];
  /** Why there was no answer at all, such as "ETIMEOUT". A missing record is not an error. */
  error?: string;
}

export interface NameServer {
  /** As it was given or found. */
  name: string;
  resolver: Resolver;
}

const options = { timeout: 1_500, tries: 2 };
const noRecord = ["ENODATA", "ENOTFOUND"];

/** The given name servers, or those of the zone that the domain is in. The signal ends their look-ups. */
export async function nameServers(
  domain: string,
  given: string[] | undefined,
  signal: AbortSignal,
): Promise<NameServer[]> {
  const system = new Resolver(options);
  signal.addEventListener("abort", () => system.cancel());
  const names = given?.length ? given : await ownServers(system, domain);
  const opened = await Promise.allSettled(names.map((name) => openServer(system, name, signal)));
  const usable = opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  // One that has no IPv4 address, or none any more, leaves the verdict to the others.
  if (!usable.length) throw opened.find((each) => each.status === "rejected")?.reason;
  return usable;
}

/** NS records of the domain or of the nearest name above it. */
async function ownServers(system: Resolver, domain: string): Promise<string[]> {
  for (let zone = domain; zone.includes("."); zone = zone.slice(zone.indexOf(".") + 1)) {
    const found = await system.resolveNs(zone).catch(ignoreMissing).catch(explainSilence);
    if (found.length) return found.sort().slice(0, 4);
  }
  throw new Failure(
    `no name server is known for ${domain} or any name above it`,
    "is the domain registered, and spelt as at the registrar? Name servers can also be set: snikket:nameservers",
  );
}

function explainSilence({ code }: NodeJS.ErrnoException): never {
  throw new Failure(
    `this computer's resolver does not say who serves the domain (${code})`,
    "does DNS work on this computer? Name servers can also be set: snikket:nameservers",
  );
}

async function openServer(
  system: Resolver,
  name: string,
  signal: AbortSignal,
): Promise<NameServer> {
  const address = isAddress(name) ? name : await addressOf(system, name);
  const resolver = new Resolver(options);
  resolver.setServers([address]);
  signal.addEventListener("abort", () => resolver.cancel());
  return { name, resolver };
}

function isAddress(text: string): boolean {
  return isIP(text) !== 0 || isIP(text.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1")) !== 0;
}

async function addressOf(system: Resolver, name: string): Promise<string> {
  const [address] = await system.resolve4(name).catch(ignoreMissing);
  if (address) return address;
  throw new Failure(`the name server ${name} has no address`);
}

/** Addresses of a name at one server, which is asked again for a CNAME's target if it left that out. */
export async function lookUp({ resolver }: NameServer, name: string): Promise<Answer> {
  try {
    const [ipv4, ipv6] = await Promise.all([
      all(resolver, "resolve4", name),
      all(resolver, "resolve6", name),
    ]);
    return { ipv4, ipv6 };
  } catch (error) {
    return { ipv4: [], ipv6: [], error: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}

async function all(
  resolver: Resolver,
  kind: "resolve4" | "resolve6",
  name: string,
  steps = 0,
): Promise<string[]> {
  const found = await resolver[kind](name).catch(ignoreMissing);
  if (found.length || steps === 8) return found;
  const [target] = await resolver.resolveCname(name).catch(ignoreMissing);
  return target ? all(resolver, kind, target, steps + 1) : [];
}

function ignoreMissing(error: NodeJS.ErrnoException): [] {
  if (noRecord.includes(error.code ?? "")) return [];
  throw error;
}
