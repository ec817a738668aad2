import { standingMachines } from "../../sandbox/cloud/machines";
import { domain, zone } from "../../sandbox/settings";
import { stackFile } from "../../sandbox/stack";
import { expectDone, sandbox } from "../support/e2e";
import { bringUpCloud, inConsoles } from "../support/e2e-cloud";
import {
  documentedEnd,
  documentedNext,
  expectPlainWords,
  firstFamily,
  serverOf,
  traces,
} from "../support/e2e-families";
import {
  documentedStart,
  expectInvitation,
  type Newcomer,
  newcomer,
} from "../support/e2e-newcomer";
import {
  end,
  expectForgotten,
  expectNextBesides,
  named,
  namesOf,
  serves,
  unchanged,
} from "../support/e2e-next";
import { pulumi } from "../support/e2e-stack";

const first = firstFamily(domain);
const [, , , deploy = "", invite = ""] = documentedStart();
let second: Newcomer;

beforeAll(async () => {
  await bringUpCloud("oracle");
  second = await newcomer("oracle");
  expectDone(await first.pulumi(["up", "--yes", "--skip-preview"]));
  expectDone(await second.run(deploy));
});

afterAll(async () => expectDone(await sandbox(["down"])));

describe("two families in one account", () => {
  it("have nothing in common, and both are served", async () => {
    const [one, other] = [first, second].map(namesOf);
    expect(one?.length).toBe(other?.length);
    expect(named().length).toBe(Number(one?.length) + Number(other?.length));
    expect((await standingMachines()).length).toBe(2);
    expect(await Promise.all([serves(first), serves(second)])).toEqual([true, true]);
  });

  it("began, the second one with the README's five commands, the last of which shows an invitation that opens", async () => {
    await expectInvitation(await second.run(invite), await serverOf(second));
  });

  it("do not change each other", async () => {
    for (const family of [first, second]) expectDone(await family.pulumi(unchanged));
  });

  it("leave no room for a third one's free machine: begun as the README says, it is told so beforehand", async () => {
    const name = "three";
    // Whoever has begun a stack has selected it, too.
    const env = { PULUMI_STACK: name };
    const [init = [], domain = [], up] = documentedNext(name);
    try {
      for (const args of [init, domain]) expectDone(await pulumi(args, { env }));
      expect(up).toEqual(["up"]);
      const ended = await pulumi(["preview"], { env });
      expect(ended.code).not.toBe(0);
      expectPlainWords(ended);
      expect(ended.output).toContain(`share.${name}.${zone}-CNAME create`);
      expect(ended.output).toContain("snikket:host.ocpus");
    } finally {
      await pulumi(["stack", "rm", "--yes", name], { env });
    }
  });
});

describe("pulumi destroy", () => {
  it.each([[["destroy", "--yes"]], [["destroy", "--yes", "--skip-preview"]]])(
    "is refused as %j, and nothing is touched",
    async (args) => {
      const before = [first.resources(), inConsoles()];
      const ended = await first.pulumi(args);
      expect(ended.code).not.toBe(0);
      expectPlainWords(ended);
      expect(ended.output).toMatch(/cannot be deleted\s+because it is protected/);
      expect([first.resources(), inConsoles()]).toEqual(before);
    },
  );

  it.each(["host-data", "host-address"])(
    "is refused where %s is all that is protected still, and nothing is touched",
    async (name) => {
      const before = inConsoles();
      const { stdout } = await second.pulumi(["stack", "--show-urns"]);
      const [urn = ""] = new RegExp(`urn:\\S+::${name}$`, "m").exec(stdout) ?? [];
      expectDone(await second.pulumi(["state", "unprotect", "--all"]));
      expectDone(await second.pulumi(["state", "protect", urn]));
      const ended = await second.pulumi(["destroy", "--yes"]);
      expect(ended.code).not.toBe(0);
      expectPlainWords(ended);
      expect(ended.output).toMatch(
        new RegExp(`::${name}" cannot be deleted\\s+because it is protected`),
      );
      expect(inConsoles()).toEqual(before);
    },
  );

  it("asks before, where nothing is protected any more: nobody can answer, and nothing is touched", async () => {
    const before = inConsoles();
    expectDone(await second.pulumi(["state", "unprotect", "--all"]));
    const [destroy = []] = documentedEnd().filter(([verb]) => verb === "destroy");
    const line = ["env -u PULUMI_SKIP_CONFIRMATIONS npx pulumi", ...destroy].join(" ");
    const ended = await second.run(line);
    expect(ended.code).not.toBe(0);
    expectPlainWords(ended);
    expect(ended.output).toMatch(/error: --yes .*must be passed in to proceed/);
    expect(inConsoles()).toEqual(before);
  });

  it("as documented leaves nothing of one family, and the other one whole", async () => {
    await end(second);
    expect(namesOf(second)).toEqual([]);
    // A machine, its volume, and that one's device.
    expect(await traces()).toHaveLength(3);
    expectDone(await first.pulumi(unchanged));
    expect(await serves(first)).toBe(true);
  });

  it("makes room for the next one, which the README's three commands bring to its invitation", async () => {
    await expectNextBesides(first);
  });

  it("as documented leaves nothing of the last one, nor of its stack", async () => {
    await end(first);
    expect(inConsoles()).toEqual([]);
    expect(await traces()).toEqual([]);
    await expectForgotten(first, stackFile);
  });
});
