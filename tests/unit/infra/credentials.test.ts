import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { missingCredentials } from "../../../infra/config.credentials";
import type { Config } from "../../../infra/config.schema";
import { nasty } from "../../support/attack-strings";

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
  ["oracle", "OCI_CONFIG_FILE"],
  ["google", "GOOGLE_CREDENTIALS"],
  ["google", "GOOGLE_CLOUD_KEYFILE_JSON"],
  ["google", "GCLOUD_KEYFILE_JSON"],
])("a variable is enough for %s", (provider, name) => {
  process.env[name] = "something";
  expect(missing(provider, "manual")).toEqual([]);
});

test("a key of Cloudflare's is enough together with its e-mail address, each told in its own way", () => {
  const key = { "cloudflare:apiKey": "key" };
  expect(missing("existing", "cloudflare", key)).toHaveLength(1);
  process.env.CLOUDFLARE_EMAIL = "anna@example.org";
  expect(missing("existing", "cloudflare")).toHaveLength(1);
  expect(missing("existing", "cloudflare", key)).toEqual([]);
});

test.each(nasty)("of a profile called %j the name is shown in one readable line", (text) => {
  mkdirSync(path.join(home, ".oci"));
  writeFileSync(path.join(home, ".oci/config"), "");
  const [problem, ...others] = missing("oracle", "manual", { "oci:configFileProfile": text });
  expect(problem).toMatch(/^there is no profile \[[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*\] in /u);
  expect(others).toEqual([]);
});

describe("of the file that Oracle's console offers", () => {
  const offered = (keyFile: string) => `[DEFAULT]
user=ocid1.user.oc1..a
fingerprint=00:11
tenancy=ocid1.tenancy.oc1..a
region=eu-frankfurt-1
key_file=${keyFile}
`;

  const problems = (text: string, values = {}) => {
    mkdirSync(path.join(home, ".oci"));
    writeFileSync(path.join(home, ".oci/key.pem"), "");
    writeFileSync(path.join(home, ".oci/config"), text);
    return missing("oracle", "manual", values);
  };

  test.each([
    ["from the home folder", () => offered("~/.oci/key.pem")],
    ["in full", () => offered(path.join(home, ".oci/key.pem"))],
    ["with the line ends of Windows", () => offered("~/.oci/key.pem").replaceAll("\n", "\r\n")],
  ])("a whole one is enough, the key's path %s", (_, text) => {
    expect(problems(text())).toEqual([]);
  });

  test("the key is not read", () => {
    const text = offered("~/.oci");
    expect(problems(text)).toEqual([]);
  });

  test("the path that the console proposes has to be replaced", () => {
    expect(problems(offered("<path to your private keyfile> # TODO"))).toEqual([
      "key_file in ~/.oci/config is <path to your private keyfile> # TODO, which is not there: write the path of the key that you downloaded",
    ]);
  });

  test.each([
    ["nothing at all", "", /^there is no profile \[DEFAULT\] in ~\/\.oci\/config: /],
    ["another profile alone", offered("/").replace("DEFAULT", "work"), /^there is no profile/],
    ["an empty profile", "[DEFAULT]\n", /^~.* has no user, fingerprint, tenancy, key_file in /],
    ["a comment for a user", offered("~/.oci/key.pem").replace("user", "#user"), /has no user in /],
    ["what follows it", `[DEFAULT]\n${offered("/").replace("DEFAULT", "work")}`, /has no user, /],
    ["what steers a terminal", offered("\u001b[2J"), /is \\u\{1b\}\[2J, which is not there/],
  ])("%s is told of", (_, text, expected) => {
    expect(problems(text)).toEqual([expect.stringMatching(expected)]);
  });

  test("the profile that is chosen counts, wherever it is", () => {
    const text = `[DEFAULT]\n${offered("~/.oci/key.pem").replace("DEFAULT", "work")}`;
    expect(problems(text, { "oci:configFileProfile": "work" })).toEqual([]);
    const other = { "oci:configFileProfile": "family" };
    expect(missing("oracle", "manual", other)).toEqual([expect.stringContaining("[family]")]);
    process.env.OCI_CONFIG_FILE_PROFILE = "work";
    expect(missing("oracle", "manual")).toEqual([]);
  });

  test("it may leave out what is told elsewhere, and what another way of asking does not need", () => {
    expect(problems("[DEFAULT]\nsecurity_token_file=/token\n")).toEqual([]);
    writeFileSync(path.join(home, ".oci/config"), "[DEFAULT]\nuser=ocid1.user.oc1..a\n");
    expect(missing("oracle", "manual")).toHaveLength(1);
    expect(missing("oracle", "manual", { "oci:privateKey": "key" })).toEqual([]);
    process.env.TF_VAR_tenancy_ocid = "ocid1.tenancy.oc1..a";
    expect(missing("oracle", "manual")).toEqual([]);
  });

  test("one that is no file is told of, without a stack", () => {
    mkdirSync(path.join(home, ".oci/config"), { recursive: true });
    expect(missing("oracle", "manual")).toEqual([
      "~/.oci/config is there, and cannot be read as a file",
    ]);
  });
});
