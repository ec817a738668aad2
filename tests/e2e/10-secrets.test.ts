import { readFileSync } from "node:fs";
import * as path from "node:path";
import { account, home, inHome } from "../../sandbox/settings";
import { temporary, type Watched, watchedUp } from "../support/attack-watch";
import { bringUpCloud } from "../support/e2e-cloud";
import { contentOf, found, keysInState } from "../support/e2e-secrets";
import { stackFileWith } from "../support/e2e-stack";

let all: Record<string, string>;
let watched: Watched;

beforeAll(async () => {
  await bringUpCloud("oracle");
  all = {
    ...(await keysInState()),
    "Cloudflare's token": account.apiToken,
    "passphrase of the state": readFileSync(inHome("passphrase"), "utf8"),
  };
  watched = await watchedUp(stackFileWith("secrets", { retentionDays: 21 }), Object.values(all));
  // Two keys in three forms, and the machine's user data.
  expect(Object.keys(all).length).toBeGreaterThan(10);
  expect(watched.seen.looks).toBeGreaterThan(5);
});

describe("no key, token or user data of a stack in a cloud, while an up changes every container,", () => {
  it("is in the state in plain", () => {
    const state = contentOf(path.join(home, "state"));
    expect(state).toContain("host-deploy-key");
    expect(found(all, state)).toEqual([]);
  });

  it("is in the output", () => expect(found(all, watched.ended.output)).toEqual([]));

  it("is in a command line", () => {
    expect(watched.commandLines).toContain("pulumi-resource-oci");
    expect(found(all, watched.commandLines)).toEqual([]);
  });

  // The sandbox's accounts at Cloudflare and Google have one token.
  it("is in an environment, but for what Pulumi gives its program, and where providers ask for it", () =>
    expect(watched.seen.variables.sort()).toEqual(["GOOGLE_OAUTH_ACCESS_TOKEN", "PULUMI_CONFIG"]));

  it("is in a temporary file", () => {
    expect(watched.seen.files).toEqual([]);
    expect(found(all, contentOf(temporary))).toEqual([]);
  });
});
