/** Which certificate authority issues; `custom` is trusted through its root certificate. */
export type Acme =
  | { server: "production" | "staging" }
  | { server: "custom"; directory: string; rootCertificate: string };

/** A family's settings of Snikket, in upstream's words. */
export interface SnikketSettings {
  domain: string;
  adminEmail: string;
  /** First and last UDP port of relayed calls. */
  turnPorts: { from: number; to: number };
  acme: Acme;
  retentionDays: number;
  logLevel: "error" | "warn" | "info" | "debug";
  tlsProfile: "modern" | "intermediate" | "old";
  proxy65Port: number;
  siteName?: string | undefined;
  /** @default half of the disk, found on the machine */
  uploadStorageGb?: number | undefined;
  abuseEmail?: string | undefined;
  securityEmail?: string | undefined;
  /** @default found on the machine, where it is behind NAT */
  turnInternalAddress?: string | undefined;
  extraSettings: Record<string, string>;
}

/** Where the root certificate of a custom certificate authority lies on the machine and in the containers. */
const acmeRootPath = "/etc/snikket/ca/acme-root.pem";

const acmeSettings = (acme: Acme): Record<string, string | undefined> => {
  switch (acme.server) {
    case "production":
      return {};
    case "staging":
      return { SNIKKET_CERTBOT_OPTIONS: "--staging" };
    case "custom":
      return {
        SNIKKET_CERTBOT_OPTIONS: `--server ${acme.directory}`,
        REQUESTS_CA_BUNDLE: acmeRootPath,
      };
  }
};

/** The settings as Snikket's variables; what is left out keeps upstream's default or is found on the machine. */
export function snikketVariables(settings: SnikketSettings): Record<string, string> {
  const all: Record<string, string | number | undefined> = {
    SNIKKET_DOMAIN: settings.domain,
    SNIKKET_ADMIN_EMAIL: settings.adminEmail,
    SNIKKET_SITE_NAME: settings.siteName,
    SNIKKET_RETENTION_DAYS: settings.retentionDays,
    SNIKKET_UPLOAD_STORAGE_GB: settings.uploadStorageGb,
    SNIKKET_LOGLEVEL: settings.logLevel,
    SNIKKET_TLS_PROFILE: settings.tlsProfile,
    SNIKKET_ABUSE_EMAIL: settings.abuseEmail,
    SNIKKET_SECURITY_EMAIL: settings.securityEmail,
    SNIKKET_PROXY65_PORT: settings.proxy65Port,
    SNIKKET_TWEAK_TURNSERVER_MIN_PORT: settings.turnPorts.from,
    SNIKKET_TWEAK_TURNSERVER_MAX_PORT: settings.turnPorts.to,
    SNIKKET_TWEAK_TURNSERVER_INTERNAL_IP: settings.turnInternalAddress,
    // Unset, it makes upstream's certificate job of later tags die before its retries.
    REPORT_DSN: "",
    ...acmeSettings(settings.acme),
    ...settings.extraSettings,
  };
  const set = Object.entries(all).filter(([, value]) => value !== undefined);
  return Object.fromEntries(set.map(([name, value]) => [name, String(value)]));
}

/**
 * One line of an env file that Compose reads back as exactly this value. Without quotes it takes all but a few
 * characters as they are; in single quotes, where it knows no way to write one, all but these; in double quotes it
 * expands variables and escapes.
 */
export function confLine(name: string, value: string): string {
  if (!/^['"#\s]|[$\\]|\s#|\s$/.test(value)) return `${name}=${value}`;
  if (!/'|\\$/.test(value)) return `${name}='${value}'`;
  return `${name}="${value.replaceAll(/[\\"]/g, "\\$&").replaceAll("$", "$$$$")}"`;
}

/** `snikket.conf`, which all four services read. */
export const renderSnikketConf = (settings: SnikketSettings): string =>
  [
    "# Written by pulumi up, and again by the next one: change the stack's configuration instead.",
    ...Object.entries(snikketVariables(settings)).map(([name, value]) => confLine(name, value)),
    "",
  ].join("\n");
