import { readFileSync } from "node:fs";
import * as path from "node:path";
import { account, checkout, home, inHome } from "../../sandbox/settings";
import { temporary, type Watched, watchedUp } from "../support/attack-watch";
import { bringUpCloud, cloudMachine, letFail } from "../support/e2e-cloud";
import { fillTmp, onCloudMachine, reboot, untilServed } from "../support/e2e-cloud-machine";
import { hostWith } from "../support/e2e-families";
import { contentOf, found, keysInState, readableFilesWith, secrets } from "../support/e2e-secrets";
import { pulumi, stackFileWith } from "../support/e2e-stack";

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

describe("no key of the machine's, and nothing of its user data,", () => {
  const anybody = () => readableFilesWith(all, cloudMachine);

  it("is in a file there that any program may read", async () => {
    const copies = "find /var/lib/cloud -type f -exec grep -l ssh_keys {} +";
    expect((await onCloudMachine(copies)).split("\n").length).toBeGreaterThan(1);
    expect(await anybody()).toBe("");
  });

  it("is in one after a reboot", async () => {
    await reboot();
    await untilServed();
    expect(await anybody()).toBe("");
  });
});

interface Row {
  name: string;
  /** Makes it happen. */
  cause(): unknown;
  changes?(): Record<string, unknown>;
  says: RegExp;
}

describe("nor, while an up fails, in all that it shows, where", () => {
  const failing = (when: string, error: string) => () => letFail({ when, error, times: 99 });

  afterEach(async () => {
    letFail();
    await onCloudMachine("! mountpoint --quiet /tmp || umount /tmp");
  });

  it.each<Row>([
    {
      name: "Oracle does not know the key",
      cause: failing("read oci:", "401-NotAuthenticated"),
      says: /401-NotAuthenticated/,
    },
    {
      name: "Cloudflare does not know the token",
      cause: failing("read cloudflare:", "403 Forbidden"),
      says: /403 Forbidden/,
    },
    {
      name: "Oracle has no room for the machine as it shall be, user data and all",
      cause: failing("update oci:Core/instance", "500-InternalError, Out of host capacity."),
      changes: () => hostWith({ memoryGb: 8 }),
      says: /Out of host capacity/,
    },
    {
      name: "a step on the machine fails",
      cause: fillTmp,
      changes: () => ({ retentionDays: 22 }),
      says: /No space left on device/,
    },
  ])("$name", async ({ cause, changes, says }) => {
    const more = await secrets(cloudMachine);
    await cause();
    const much = ["--diff", "--show-config", "--show-reads", "--show-sames"];
    const { code, output } = await pulumi(["up", "--yes", "--skip-preview", ...much], {
      stackFile: stackFileWith("failing", changes?.() ?? {}),
      env: { TMPDIR: temporary },
    });
    expect(code).not.toBe(0);
    expect(output).toMatch(says);
    expect(found({ ...all, ...more }, output)).toEqual([]);
  });
});

it("is in what --debug shows, but that docs/security.md warns of it", async () => {
  const { output } = await pulumi(["preview", "--debug"], { env: { TMPDIR: temporary } });
  expect(found(all, output).length).toBeGreaterThan(0);
  const said = readFileSync(path.join(checkout, "docs/security.md"), "utf8");
  expect(said).toContain("Pulumi's own log, with `--debug`,");
});
