import { mkdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { account, home, inHome } from "../../sandbox/settings";
import { type Seen, watchForSecrets } from "../support/attack-watch";
import { type Ended, expectDone } from "../support/e2e";
import { bringUpCloud } from "../support/e2e-cloud";
import { watchProcesses } from "../support/e2e-processes";
import { contentOf, found, keysInState } from "../support/e2e-secrets";
import { stackFileWith, up } from "../support/e2e-stack";

const temporary = inHome("e2e", "tmp");
let all: Record<string, string>;
let ended: Ended;
let commandLines: string;
let seen: Seen;

beforeAll(async () => {
  await bringUpCloud("oracle");
  all = {
    ...(await keysInState()),
    "Cloudflare's token": account.apiToken,
    "passphrase of the state": readFileSync(inHome("passphrase"), "utf8"),
  };
  mkdirSync(temporary, { recursive: true });
  const folders = [temporary, "/tmp"];
  const [stop, stopSecrets] = [watchProcesses(), watchForSecrets(Object.values(all), folders)];
  try {
    const stackFile = stackFileWith("secrets", { retentionDays: 21 });
    ended = await up({ stackFile, env: { TMPDIR: temporary } });
  } finally {
    [commandLines, seen] = [await stop(), await stopSecrets()];
  }
  expectDone(ended);
  // Two keys in three forms, and the machine's user data.
  expect(Object.keys(all).length).toBeGreaterThan(10);
  expect(seen.looks).toBeGreaterThan(5);
});

describe("no key, token or user data of a stack in a cloud, while an up changes every container,", () => {
  it("is in the state in plain", () => {
    const state = contentOf(path.join(home, "state"));
    expect(state).toContain("host-deploy-key");
    expect(found(all, state)).toEqual([]);
  });

  it("is in the output", () => expect(found(all, ended.output)).toEqual([]));

  it("is in a command line", () => {
    expect(commandLines).toContain("pulumi-resource-oci");
    expect(found(all, commandLines)).toEqual([]);
  });

  // The sandbox's accounts at Cloudflare and Google have one token.
  it("is in an environment, but for what Pulumi gives its program, and where providers ask for it", () =>
    expect(seen.variables.sort()).toEqual(["GOOGLE_OAUTH_ACCESS_TOKEN", "PULUMI_CONFIG"]));

  it("is in a temporary file", () => {
    expect(seen.files).toEqual([]);
    expect(found(all, contentOf(temporary))).toEqual([]);
  });
});
