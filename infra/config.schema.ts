import { isIP } from "node:net";
import { domainToASCII } from "node:url";
import { parse as parseDomain } from "tldts";
import { z } from "zod";
import { managedSettings } from "../components/snikket/managed-settings";
import { usualProxy65Port } from "../components/snikket/ports";
import { newestRelease, releaseNames } from "../components/snikket/releases";
import { Dns } from "./config.dns";
import { Host, ipv4, port } from "./config.hosts";
import {
  affordable,
  beside,
  closedToTheWorld,
  domainInZone,
  knownToRelease,
  portsApart,
  roomForCalls,
} from "./config.rules";
import { Acme, Docker } from "./config.sources";

/** nginx in Snikket's proxy refuses names over 46 characters, and `groups.` comes before the domain. */
const longestDomain = 39;

/** What is wrong with a domain, and what to write instead; nothing where it is fine. */
export function domainProblem(value: string): string | undefined {
  if (/^[a-z]+:\/\//i.test(value)) return "has a scheme; write the name alone, as chat.example.org";
  if (value.endsWith(".")) return "ends in a dot; leave that out";
  const ascii = /[^\u0000-\u007f]/.test(value) && domainToASCII(value);
  if (ascii) return `has letters beyond ASCII; write its A-label ${ascii}`;
  if (value !== value.toLowerCase()) return `has capital letters; write ${value.toLowerCase()}`;
  if (!/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value))
    return "is not a domain name; write it as chat.example.org";
  if (!value.includes(".")) return "has no dot; write the full name, as chat.example.org";
  if (isIP(value)) return "is an address; Snikket needs a name, as chat.example.org";
  if (!parseDomain(value, { allowPrivateDomains: true }).domain)
    return "is a public suffix, under which others own names; write a name of your own below it";
  if (value.length > longestDomain)
    return `is longer than ${longestDomain} characters, the most Snikket's web server takes`;
  return undefined;
}

const domain = z.string().superRefine((value, context) => {
  const problem = domainProblem(value);
  if (problem) context.addIssue({ code: "custom", message: `${JSON.stringify(value)} ${problem}` });
});

/** Top-level scalars arrive as strings; digits are taken for the number they are. */
const scalarNumber = (schema: z.ZodNumber) =>
  z.preprocess(
    (value) => (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value),
    schema,
  );

const email = z.email("is not an e-mail address, as admin@example.org");
/** All of a stack reaches the program in one variable, and Linux gives none more than 128 KiB. */
const longestText = 10_000;
const oneLine = z
  .string()
  .min(1, "is empty; leave the key out instead")
  .max(longestText, `must have at most ${longestText} characters`)
  .regex(
    /^[^\u0000-\u001f\u007f-\u009f\ud800-\udfff]*$/u,
    "may not contain line breaks or control characters, nor half a character",
  );

const relayPort = z
  .int()
  .min(1025, "must be over 1024")
  .max(65535, "is not a port (at most 65535)");
const TurnPorts = z
  .strictObject({
    from: relayPort.describe("First UDP port of relayed calls, 1025 or more"),
    to: relayPort.describe("Last UDP port of relayed calls, 65535 at most"),
  })
  .refine(({ from, to }) => from <= to, "is reversed: from must not be greater than to");

/** Settings of Snikket that the stack names itself; the rest has a place and a type here. */
const extraSettings = z
  .record(
    z
      .string()
      .regex(
        /^[A-Z][A-Z0-9_]{0,99}$/,
        "is not the name of a Snikket setting, as SNIKKET_TWEAK_S2S_STATUS",
      ),
    oneLine,
  )
  .superRefine((settings, context) => {
    for (const name of Object.keys(settings)) {
      const key = managedSettings[name];
      if (key === undefined) continue;
      context.addIssue({
        code: "custom",
        path: [name],
        message: key
          ? `is managed here; set snikket:${key} instead`
          : "is managed here and cannot be set; leave it out",
      });
    }
  }, beside());

/** A stack's configuration: every key below `snikket:`, secrets left out. */
export const ConfigSchema = z
  .strictObject({
    domain: domain.describe(
      "The server's name, as chat.example.org; cannot be changed once it is deployed",
    ),
    adminEmail: email.describe(
      "E-mail address at which the certificate authority and your people can reach you",
    ),
    host: Host.describe("The machine"),
    dns: Dns.describe("Who keeps the DNS records"),
    release: z.enum(releaseNames).default(newestRelease).describe("Release of Snikket"),
    calls: scalarNumber(z.int().min(1, "must be 1 or more").max(1000, "must be 1000 or less"))
      .default(10)
      .describe("Calls that may run at the same time; sizes the range of relay ports"),
    turnPorts: TurnPorts.optional().describe(
      "First and last UDP port of relayed calls, instead of the range made from calls",
    ),
    turnInternalAddress: ipv4
      .optional()
      .describe("The machine's own IPv4 address behind NAT; found on the machine where left out"),
    acme: Acme.default({ server: "production" }).describe("Who issues the certificate"),
    nameservers: z
      .array(z.string().refine(isIP, "is not an IP address, as 198.51.100.53"))
      .min(1, "is empty; leave the key out instead")
      .optional()
      .describe("Name servers asked by every look-up; by default the zone's own"),
    docker: Docker.default({ source: "docker" }).describe("Where Docker comes from"),
    siteName: oneLine
      .max(100, "must have at most 100 characters")
      .optional()
      .describe("Name shown to people; the domain by default"),
    retentionDays: scalarNumber(
      z.int().min(1, "must be 1 or more").max(36500, "must be 36500 or less"),
    )
      .default(7)
      .describe("How long messages and files wait for a device, in days"),
    uploadStorageGb: scalarNumber(z.number().gt(0, "must be over 0"))
      .optional()
      .describe("Room for uploaded files in all, in GB; by default half of the machine's disk"),
    logLevel: z
      .enum(["error", "warn", "info", "debug"])
      .default("info")
      .describe("How much the server logs"),
    tlsProfile: z
      .enum(["modern", "intermediate", "old"])
      .default("modern")
      .describe(
        "modern is TLS 1.3 only; intermediate lets Android before 10 in; not in release 2025-12",
      ),
    abuseEmail: email.optional().describe("Public contact for abuse"),
    securityEmail: email.optional().describe("Public contact for security"),
    proxy65Port: scalarNumber(port)
      .default(usualProxy65Port)
      .describe("TCP port for large files from person to person"),
    extraSettings: extraSettings.default({}).describe("Further settings of snikket.conf"),
  })
  .superRefine(roomForCalls, beside("calls", "turnPorts"))
  .superRefine(portsApart, beside("calls", "turnPorts", "proxy65Port"))
  .superRefine(closedToTheWorld, beside("host"))
  .superRefine(affordable, beside("host"))
  .superRefine(domainInZone, beside("domain", "dns"))
  .superRefine(knownToRelease, beside("release", "tlsProfile", "turnInternalAddress"));

export type Config = z.output<typeof ConfigSchema>;
