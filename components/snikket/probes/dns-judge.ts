import { BlockList, isIPv6 } from "node:net";
import type { VerifyRequest } from "./request";
import type { Answer } from "./resolve";

export interface Problem {
  saw: string;
  /** What the zone should have, as lines that begin with a full name. */
  remedy: string;
}

/** Addresses of Cloudflare's proxies; https://www.cloudflare.com/ips/ */
const cloudflare = new BlockList();
for (const range of [
  ...["173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22"],
  ...["141.101.64.0/18", "108.162.192.0/18", "190.93.240.0/20", "188.114.96.0/20"],
  ...["197.234.240.0/22", "198.41.128.0/17", "162.158.0.0/15", "104.16.0.0/13"],
  ...["104.24.0.0/14", "172.64.0.0/13", "131.0.72.0/22"],
]) {
  const [net = "", bits] = range.split("/");
  cloudflare.addSubnet(net, Number(bits));
}

/** What is wrong with a server's answer for a name, if anything is. `misplaced` is a name that has its record. */
export function judge(
  request: VerifyRequest,
  name: string,
  answer: Answer,
  misplaced?: string,
): Problem | undefined {
  if (answer.error)
    return { saw: `${name}: no answer (${answer.error})`, remedy: wanted(request, name) };
  if (answer.ipv4.some((address) => cloudflare.check(address)))
    return {
      saw: `${name} leads to Cloudflare's proxy ("orange cloud")`,
      remedy: `${name}. set to "DNS only" (grey cloud): chat and calls do not pass that proxy`,
    };
  return judgeIpv4(request, name, answer, misplaced) ?? judgeIpv6(request, name, answer);
}

function judgeIpv4(
  request: VerifyRequest,
  name: string,
  { ipv4 }: Answer,
  misplaced: string | undefined,
): Problem | undefined {
  const remedy = wanted(request, name);
  if (ipv4.length === 0) {
    const saw = `${name} has no record`;
    if (!misplaced) return { saw, remedy };
    return { saw: `${saw}, but ${misplaced} has it: that is the wrong level`, remedy };
  }
  const others = ipv4.filter((address) => address !== request.ipv4);
  if (others.length === 0) return undefined;
  const also = others.length < ipv4.length ? "also " : "";
  return { saw: `${name} gives ${also}${list(others)}, which is not this machine`, remedy };
}

function judgeIpv6(request: VerifyRequest, name: string, { ipv6 }: Answer): Problem | undefined {
  const right = request.ipv6 && canonical(request.ipv6);
  const others = ipv6.filter((address) => canonical(address) !== right);
  if (others.length > 0)
    return {
      saw: `${name} has a stale AAAA record (${list(others)}), which is not this machine`,
      remedy: `${name}. without AAAA ${list(others)}`,
    };
  if (right && ipv6.length === 0)
    return { saw: `${name} has no AAAA record`, remedy: wanted(request, name) };
  return undefined;
}

/** A few of them: an answer may have thousands. */
function list(addresses: string[]): string {
  const more = addresses.length - 4;
  return addresses.slice(0, 4).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** One spelling for each IPv6 address. */
function canonical(address: string): string {
  return isIPv6(address) ? new URL(`http://[${address}]/`).hostname : address;
}

/** The exact records that a name should have, one per line. */
function wanted({ domain, ipv4, ipv6 }: VerifyRequest, name: string): string {
  if (name !== domain) return `${name}. CNAME ${domain}.`;
  return `${name}. A ${ipv4}${ipv6 ? `\n${name}. AAAA ${ipv6}` : ""}`;
}

/** Names under which a record is often made by mistake: one level too high, or with the zone twice. */
export function misplacements(domain: string, name: string): string[] {
  const parent = domain.slice(domain.indexOf(".") + 1);
  if (!parent.includes(".")) return [`${name}.${domain}`];
  const tooHigh = name === domain ? [] : [name.replace(`.${domain}`, `.${parent}`)];
  return [...tooHigh, `${name}.${parent}`];
}
