import { existsSync } from "node:fs";
import { privateNetwork } from "../../sandbox/cloud/router";
import { findNetwork } from "../../sandbox/network";
import { domain, sandboxName } from "../../sandbox/settings";
import { stackFile } from "../../sandbox/stack";
import { expectDone, inDocker, sandbox } from "../support/e2e";
import { bringUpCloud, inConsoles, letFail } from "../support/e2e-cloud";
import { onCloudMachine } from "../support/e2e-cloud-machine";
import { devices, expectPlainWords, firstFamily, serverOf, traces } from "../support/e2e-families";
import { expectFoundAgain } from "../support/e2e-lost";
import { documentedStart, expectInvitation, newcomer } from "../support/e2e-newcomer";
import { end, expectForgotten, expectNextBesides } from "../support/e2e-next";

const family = firstFamily(domain);

beforeAll(() => bringUpCloud("google"));
afterAll(async () => expectDone(await sandbox(["down"])));

it("has room for the next family, which the README's three commands bring to its invitation, and says that it may cost", async () => {
  const { output } = await expectNextBesides(family);
  expect(output).toContain("Other machines there were not counted");
});

// After it the machine is a stranger.
it("keeps the host key that was made for the machine, though Google's agent would make another", async () => {
  const hostKey = () => onCloudMachine("cat /etc/ssh/ssh_host_ed25519_key.pub");
  const own = await hostKey();
  const again = "rm -f /etc/google_instance_id; google-guest-agent";
  await onCloudMachine(again);
  expect(await hostKey()).toBe(own);
  expect((await sandbox(["ssh", "true"])).code).toBe(0);
  await onCloudMachine(`rm /etc/default/instance_configs.cfg; ${again}; systemctl restart ssh`);
  expect(await hostKey()).not.toBe(own);
  expect((await sandbox(["ssh", "true"])).code).not.toBe(0);
});

describe("pulumi destroy", () => {
  it("is refused, and nothing is touched", async () => {
    const before = [family.resources(), inConsoles()];
    const ended = await family.pulumi(["destroy", "--yes", "--skip-preview"]);
    expect(ended.code).not.toBe(0);
    expect(ended.output).toMatch(/cannot be deleted\s+because it is protected/);
    expect([family.resources(), inConsoles()]).toEqual(before);
  });

  it("as documented leaves nothing", async () => {
    await end(family);
    expect(inConsoles()).toEqual([]);
    expect(await traces()).toEqual([]);
    await expectForgotten(family, stackFile);
  });
});

describe("a newcomer", () => {
  /** As the plugin has it, which leaves Google's code out. */
  const full =
    "Error waiting for instance to create: The zone 'projects/family-sandbox/zones/us-east1-b' does not have enough resources available to fulfill the request.  '(resource type:compute)'.";
  const [, , , deploy = "", invite = ""] = documentedStart("google");
  const ids = () => inConsoles().map(({ id }) => id);
  let made: string[];

  beforeAll(() => letFail({ when: "create gcp:compute/instance", error: full, times: 2 }));
  afterAll(() => letFail());

  it("is refused by up where the zone is full, and what was made stays", async () => {
    const ended = await (await newcomer("google")).run(deploy);
    expect(ended.code).not.toBe(0);
    expectPlainWords(ended);
    expect(ended.output).toContain(full);
    made = ids();
    expect(made.join()).toMatch(/disks.*addresses|addresses.*disks/);
    expect(made.join()).not.toContain("instances");
  });

  it("can wait for room: it is told which zones are free, and the next attempt goes on from there", async () => {
    const ended = await (await newcomer("google")).run("npm run up -- --wait-for-capacity 1m");
    expectDone(ended);
    const [refused = "", done = "", ...others] = ended.output.split(/^Google has no room yet: /m);
    expect(others).toEqual([]);
    expect(refused).toContain(full);
    expect(refused).toMatch(/^Google has no room now in us-east1-b for this machine\..* stays/m);
    expect(refused).toMatch(/^Or take another snikket:host\.zone,.* Free are .*, us-east1-c,/m);
    expect(done).toMatch(/^the next attempt is at \d\d:\d\d, and none after \d\d:\d\d\.\n/);
    expect(done).not.toContain("no room");
    expect(ids()).toEqual(expect.arrayContaining(made));
  });

  it("comes with the README's five commands to its invitation", async () => {
    const next = await newcomer("google");
    await expectInvitation(await next.run(invite), await serverOf(next));
  });

  it("who loses the passphrase has the same data in a new stack", expectFoundAgain);
});

describe("npm run sandbox -- down", () => {
  it("leaves neither a machine nor a network of the cloud's, nor a volume's device", async () => {
    const isInUse = (device: string) => existsSync(`/sys/block/${device}/loop`);
    const inUse = (await devices()).filter(isInUse);
    expect(inUse).not.toEqual([]);
    expect(await findNetwork(privateNetwork)).toBeDefined();
    expectDone(await sandbox(["down"]));
    expect(await findNetwork(privateNetwork)).toBeUndefined();
    expect(await inDocker(sandboxName)).toEqual([]);
    expect(inUse.filter(isInUse)).toEqual([]);
  });
});
