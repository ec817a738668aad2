import { relayRange } from "../components/snikket/ports";
import type { SnikketSettings } from "../components/snikket/snikket-conf";
import type { Config } from "./config.schema";

/** The part of the configuration that is Snikket's own. */
export const snikketSettings = (config: Config): SnikketSettings => ({
  domain: config.domain,
  adminEmail: config.adminEmail,
  turnPorts: config.turnPorts ?? relayRange(config.calls),
  acme: config.acme,
  retentionDays: config.retentionDays,
  logLevel: config.logLevel,
  tlsProfile: config.tlsProfile,
  proxy65Port: config.proxy65Port,
  siteName: config.siteName,
  uploadStorageGb: config.uploadStorageGb,
  abuseEmail: config.abuseEmail,
  securityEmail: config.securityEmail,
  turnInternalAddress: config.turnInternalAddress,
  extraSettings: config.extraSettings,
});
