import { managedSettings } from "../../../components/snikket/managed-settings";
import {
  renderSnikketConf,
  type SnikketSettings,
  snikketVariables,
} from "../../../components/snikket/snikket-conf";
import { parseConfig } from "../../../infra/config";
import { snikketSettings } from "../../../infra/snikket-settings";
import { exampleStack } from "../../support/example-stack";

const stack = exampleStack();

/** The settings of a stack with these changes. */
function settings(change: Record<string, string> = {}): SnikketSettings {
  const { config, problems } = parseConfig({ ...stack, ...change });
  if (!config) throw new Error(problems.join("\n"));
  return snikketSettings(config);
}

const variables = (change?: Record<string, string>) => snikketVariables(settings(change));
const rootCertificate = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

test("writes the smallest stack's settings, and leaves to upstream what nobody set", () => {
  expect(renderSnikketConf(settings())).toBe(
    `# Written by pulumi up, and again by the next one: change the stack's configuration instead.
SNIKKET_DOMAIN=chat.example.org
SNIKKET_ADMIN_EMAIL=admin@example.org
SNIKKET_RETENTION_DAYS=7
SNIKKET_LOGLEVEL=info
SNIKKET_TLS_PROFILE=modern
SNIKKET_PROXY65_PORT=5000
SNIKKET_TWEAK_TURNSERVER_MIN_PORT=49152
SNIKKET_TWEAK_TURNSERVER_MAX_PORT=49195
REPORT_DSN=
`,
  );
});

test.each<[string, Record<string, string>, Record<string, string>]>([
  ["siteName", { siteName: "The Müllers" }, { SNIKKET_SITE_NAME: "The Müllers" }],
  ["retentionDays", { retentionDays: "30" }, { SNIKKET_RETENTION_DAYS: "30" }],
  ["uploadStorageGb", { uploadStorageGb: "1.5" }, { SNIKKET_UPLOAD_STORAGE_GB: "1.5" }],
  ["logLevel", { logLevel: "debug" }, { SNIKKET_LOGLEVEL: "debug" }],
  ["tlsProfile", { tlsProfile: "old" }, { SNIKKET_TLS_PROFILE: "old" }],
  ["abuseEmail", { abuseEmail: "a@example.org" }, { SNIKKET_ABUSE_EMAIL: "a@example.org" }],
  [
    "securityEmail",
    { securityEmail: "s@example.org" },
    { SNIKKET_SECURITY_EMAIL: "s@example.org" },
  ],
  ["proxy65Port", { proxy65Port: "7777" }, { SNIKKET_PROXY65_PORT: "7777" }],
  [
    "calls",
    { calls: "100" },
    {
      SNIKKET_TWEAK_TURNSERVER_MIN_PORT: "49152",
      SNIKKET_TWEAK_TURNSERVER_MAX_PORT: "49591",
    },
  ],
  [
    "turnPorts",
    { turnPorts: '{"from":50000,"to":50100}' },
    {
      SNIKKET_TWEAK_TURNSERVER_MIN_PORT: "50000",
      SNIKKET_TWEAK_TURNSERVER_MAX_PORT: "50100",
    },
  ],
  [
    "turnInternalAddress",
    { turnInternalAddress: "10.0.0.2" },
    { SNIKKET_TWEAK_TURNSERVER_INTERNAL_IP: "10.0.0.2" },
  ],
  ["acme staging", { acme: '{"server":"staging"}' }, { SNIKKET_CERTBOT_OPTIONS: "--staging" }],
  [
    "acme custom",
    {
      acme: JSON.stringify({
        server: "custom",
        directory: "https://ca.example.org/dir",
        rootCertificate,
      }),
    },
    {
      SNIKKET_CERTBOT_OPTIONS: "--server https://ca.example.org/dir",
      REQUESTS_CA_BUNDLE: "/etc/snikket/ca/acme-root.pem",
    },
  ],
  [
    "extraSettings",
    { extraSettings: '{"SNIKKET_UPDATE_CHECK":"0"}' },
    { SNIKKET_UPDATE_CHECK: "0" },
  ],
])("%s becomes its variables, and changes no other", (_, change, wanted) => {
  expect(variables(change)).toEqual({ ...variables(), ...wanted });
});

test("every variable that is written here is refused among the extra settings", () => {
  const all = variables({
    ...{ siteName: "x", uploadStorageGb: "1", turnInternalAddress: "10.0.0.2" },
    ...{ abuseEmail: "a@example.org", securityEmail: "s@example.org" },
    acme: JSON.stringify({
      server: "custom",
      directory: "https://ca.example.org/dir",
      rootCertificate,
    }),
  });
  expect(Object.keys(all).filter((name) => managedSettings[name] === undefined)).toEqual([]);
});

test("no secret and no line break can get into the file", () => {
  const line = renderSnikketConf(settings({ siteName: "'; $(id) \" \\ # é" })).split("\n");
  expect(line.filter((one) => one.startsWith("SNIKKET_SITE_NAME="))).toEqual([
    `SNIKKET_SITE_NAME="'; $$(id) \\" \\\\ # é"`,
  ]);
  expect(line.join("\n")).not.toContain(stack.sshPrivateKey.split("\n")[1]);
});
