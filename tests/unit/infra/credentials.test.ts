import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { missingCredentials } from "../../../infra/config.credentials";
import type { Config } from "../../../infra/config.schema";

const before = process.env;
let home: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), "credentials-"));
  process.env = {};
});
afterEach(() => {
  process.env = before;
  rmSync(home, { recursive: true });
});

const missing = (host: string, dns: string, values: Record<string, string> = {}) =>
  missingCredentials({ host: { provider: host }, dns: { provider: dns } } as Config, values, home);

test("a machine that is there and records by hand need none", () => {
  expect(missing("existing", "manual")).toEqual([]);
});

test.each([
  ["oracle", /^no credentials for Oracle Cloud: .*~\/\.oci\/config.*oci:tenancyOcid/],
  ["google", /^no credentials for Google Cloud: .*GOOGLE_CREDENTIALS/],
])("those of %s are missed, with the keys and variables that would do", (provider, expected) => {
  expect(missing(provider, "cloudflare")).toEqual([
    expect.stringMatching(expected),
    expect.stringMatching(/^cloudflare:apiToken is missing; .*CLOUDFLARE_API_TOKEN/),
  ]);
});

test.each([
  ["oracle", { "oci:userOcid": "ocid1.user.oc1..a" }],
  ["google", { "gcp:credentials": "{}" }],
  ["existing", { "cloudflare:apiToken": "token" }],
])("a configured key is enough for %s", (provider, values) => {
  const dns = provider === "existing" ? "cloudflare" : "manual";
  expect(missing(provider, dns, values)).toEqual([]);
});

test.each([
  ["oracle", "TF_VAR_user_ocid"],
  ["google", "GOOGLE_CREDENTIALS"],
])("a variable is enough for %s", (provider, name) => {
  process.env[name] = "something";
  expect(missing(provider, "manual")).toEqual([]);
});

test("the file that Oracle's console offers is enough", () => {
  mkdirSync(path.join(home, ".oci"));
  writeFileSync(path.join(home, ".oci/config"), "[DEFAULT]\n");
  expect(missing("oracle", "manual")).toEqual([]);
});
