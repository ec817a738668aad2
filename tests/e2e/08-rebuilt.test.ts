import { writeFileSync } from "node:fs";
import * as path from "node:path";
import { Person } from "../../sandbox/chat/person";
import { address, checkout, domain, home, inHome } from "../../sandbox/settings";
import { writeStack } from "../../sandbox/stack";
import { rebuildMachine } from "../../sandbox/up";
import {
  bringUp,
  containers,
  type Ended,
  expectDone,
  onMachine,
  server,
  services,
} from "../support/e2e";
import { newLogin } from "../support/e2e-people";
import { watchProcesses } from "../support/e2e-processes";
import { contentOf, found, readableFilesWith, secrets } from "../support/e2e-secrets";
import { outputs, pulumi, stackFileWith, summary, up } from "../support/e2e-stack";

const steps = ["host-prepare", "docker-install", "snikket-stage", "snikket-deploy"];

let before: string | undefined;
let again: Ended;
let commandLines: string;

beforeAll(async () => {
  await bringUp({ settings: "any" });
  before = (await outputs("--show-secrets")).invitation;
  const stop = watchProcesses();
  await writeStack(path.join(checkout, "node_modules/.bin/pulumi"), await rebuildMachine());
  expect(await containers().catch(() => ({}))).toEqual({});
  again = await up();
  commandLines = await stop();
  expectDone(again);
});

describe("a machine rebuilt at the same address, its new host key in the configuration", () => {
  it("gets every step again, and is verified", async () => {
    for (const step of steps) expect(again.output).toMatch(new RegExp(`\\+-.* ${step} replaced`));
    expect(summary(again)).toMatchObject({ replaced: 4 });
    const verified = again.output.matchAll(/snikket-verified .*\bok +(\w+) /g);
    const good = [...verified].map(([, name]) => name);
    for (const probe of ["certificate", "portal", "xmpp", "client", "server", "stun", "turn"])
      expect(good).toContain(probe);
    expect(Object.keys(await containers()).sort()).toEqual(services);
  });
});

describe("no secret", () => {
  let all: Record<string, string>;

  beforeAll(async () => {
    all = await secrets();
    for (const secret of Object.values(all)) expect(secret.length).toBeGreaterThan(15);
    expect(Object.keys(all).length).toBeGreaterThan(6);
    expect(found(all, `x ${all["portal secret"]}`)).toEqual(["portal secret: x ***"]);
  });

  it("is in the engine's output", async () => {
    expect(found(all, again.output)).toEqual([]);
    const changed = stackFileWith("secret", { retentionDays: 11 });
    const { output } = await pulumi(["preview", "--diff"], { stackFile: changed });
    expect(output).toMatch(/stdin *: \[secret\]/);
    expect(found(all, output)).toEqual([]);
  });

  it("is in the state, its history or its backups", () => {
    const state = contentOf(path.join(home, "state"));
    expect(state).toContain("snikket-deploy");
    expect(found(all, state)).toEqual([]);
    expect(found(all, contentOf(path.join(home, "pulumi-home")))).toEqual([]);
  });

  it("is in the arguments of a process, here or on the machine, but for coturn's own", () => {
    expect(commandLines).toMatch(/^sudo -n bash -s/m);
    expect(commandLines).toMatch(/^curl .*_health/m);
    const [coturn = "", ...more] = commandLines
      .split("\n")
      .filter((line) => line.includes("turnserver") && line.includes(all["TURN secret"] ?? ""));
    expect(found(all, coturn)).toHaveLength(1);
    expect(more).toEqual([]);
    expect(found(all, commandLines.replace(coturn, ""))).toEqual([]);
  });

  it("is in a file on the machine that others may read", async () => {
    const seen = readableFilesWith({ ...all, "something they may read": "root:x:0:0:" });
    expect((await seen).trim().split("\n").sort()).toEqual(["/etc/passwd", "/etc/passwd-"]);
  });
});

it("gives a new first invitation, which makes an administrator", async () => {
  const { invitation = "", ipv4 } = await outputs("--show-secrets");
  expect(invitation).toMatch(new RegExp(`^https://${domain}/invite/`));
  expect(invitation).not.toBe(before);
  expect(ipv4).toBe(address("machine"));
  const first = await Person.enter(server(), newLogin("first"), invitation);
  await first.leave();
  const roles = `docker exec snikket prosodyctl shell user role ${first.address}`;
  expect(await onMachine(roles)).toContain("prosody:admin");
  // The transcript's people are not on this machine, and its first invitation is used.
  writeFileSync(inHome("talked"), "");
});
