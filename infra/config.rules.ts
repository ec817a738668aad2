import type { z } from "zod";
import { googleFreeTierProblems, googleNetworkProblem } from "../components/host/google/free-tier";
import { freeTierProblems } from "../components/host/oracle/free-tier";
import { type PortRow, relayPortsFor, relayRange, snikketPorts } from "../components/snikket/ports";
import { newestRelease, type ReleaseName, unknownTo } from "../components/snikket/releases";
import type { HostConfig } from "./config.hosts";

interface Ports {
  calls: number;
  turnPorts?: { from: number; to: number } | undefined;
  proxy65Port: number;
}

type Rule<Keys = Ports> = (config: Keys, context: z.core.$RefinementCtx) => void;

/** Lets a rule run although there are other mistakes, unless they are in the keys that it reads. */
export const beside = (...reads: PropertyKey[]) => ({
  when: ({ issues }: z.core.ParsePayload) =>
    !issues.some(({ path }) => path?.[0] !== undefined && reads.includes(path[0])),
});

/** The range of relay ports has room for the calls. */
export const roomForCalls: Rule = ({ calls, turnPorts }, context) => {
  const needed = relayPortsFor(calls);
  if (!turnPorts || turnPorts.to - turnPorts.from + 1 >= needed) return;
  context.addIssue({
    code: "custom",
    path: ["turnPorts"],
    message: `is too small: ${calls} calls need ${needed} ports; make it wider or lower snikket:calls`,
  });
};

/** Which row of the port table a key decides. */
const decided = { proxy65Port: "proxy65", turnPorts: "turn-relay" };

/** No port that a key decides is one that the server needs for something else. */
export const portsApart: Rule = ({ calls, turnPorts, proxy65Port }, context) => {
  const rows = snikketPorts({ turnPorts: turnPorts ?? relayRange(calls), proxy65Port });
  for (const [key, name] of Object.entries(decided)) {
    const own = rows.find((row) => row.name === name);
    const other = own && rows.find((row) => row !== own && overlap(row, own));
    if (!other) continue;
    const message = `takes ${other.protocol} port ${other.from}, which the server needs (${other.reason}); choose another`;
    context.addIssue({ code: "custom", path: [key], message });
  }
};

const overlap = (one: PortRow, other: PortRow): boolean =>
  one.protocol === other.protocol && one.from <= other.to && other.from <= one.to;

interface OfRelease {
  release: ReleaseName;
  tlsProfile: string;
  turnInternalAddress?: string | undefined;
}

/** The release knows what is set; whether somebody wrote tlsProfile's default cannot be told. */
export const knownToRelease: Rule<OfRelease> = ({ release, ...settings }, context) => {
  const usual: Partial<typeof settings> = { tlsProfile: "modern" };
  for (const key of unknownTo[release] ?? []) {
    if (settings[key] === usual[key]) continue;
    const message = `is not known to release ${release}; leave it out, or set snikket:release to ${newestRelease}`;
    context.addIssue({ code: "custom", path: [key], message });
  }
};

/** A block this large is the internet, whatever it is called. */
export const isWorld = (block: string): boolean => Number(block.split("/")[1]) < 8;

/** SSH is open to the addresses that somebody named, unless it is said that all are meant. */
export const closedToTheWorld: Rule<{ host: HostConfig }> = ({ host }, context) => {
  if (host.provider === "existing" || host.allowWorld) return;
  const path = ["host", "sshFrom"];
  const remedy =
    "name the address you work from, as [198.51.100.7/32] (see: curl -4 ifconfig.me), or set allowWorld: true";
  if (!host.sshFrom) {
    context.addIssue({ code: "custom", path, message: `is missing; ${remedy}` });
  } else if (host.sshFrom.every((block) => block.includes(":"))) {
    const message =
      "names no IPv4 address, and deployments come by IPv4; add yours (see: curl -4 ifconfig.me)";
    context.addIssue({ code: "custom", path, message });
  } else if (host.sshFrom.some(isWorld)) {
    context.addIssue({
      code: "custom",
      path,
      message: `opens SSH to the whole internet; ${remedy}`,
    });
  }
};

/** Nothing that costs money, unless that is meant. */
export const affordable: Rule<{ host: HostConfig }> = ({ host }, context) => {
  for (const { key, message } of problemsOfHost(host)) {
    context.addIssue({ code: "custom", path: ["host", key], message });
  }
};

function problemsOfHost(host: HostConfig) {
  if (host.provider === "oracle") return freeTierProblems(host);
  if (host.provider === "google") return googleProblems(host);
  return [];
}

const googleProblems = (host: Extract<HostConfig, { provider: "google" }>) => {
  const network = googleNetworkProblem(host);
  return [...(network ? [network] : []), ...googleFreeTierProblems(host)];
};

/** The records can be made where the stack says. */
export const domainInZone: Rule<{
  domain: string;
  dns: { provider: string; zone?: string | undefined };
}> = ({ domain, dns: { zone } }, context) => {
  // A zone's id says nothing about its name: the component looks it up.
  if (!zone?.includes(".") || domain === zone || domain.endsWith(`.${zone}`)) return;
  context.addIssue({
    code: "custom",
    path: ["domain"],
    message: `"${domain}" is not in the zone ${zone} of snikket:dns.zone; one of them is wrong`,
  });
};
