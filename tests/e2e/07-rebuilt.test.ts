import { spawnSync } from "node:child_process";
import * as path from "node:path";
import fc from "fast-check";
import { verify } from "../../components/snikket/verify";
import { target } from "../../sandbox/chat/server";
import { docker, removeContainer } from "../../sandbox/docker";
import { address, domain, home } from "../../sandbox/settings";
import {
  bringUp,
  containers,
  type Ended,
  expectDone,
  expectNoTrace,
  machine,
  onMachine,
  remember,
  sandbox,
  server,
  services,
} from "../support/e2e";
import {
  ctrlC,
  goesOn,
  type Interrupted,
  interrupt,
  seed,
  signalAll,
} from "../support/e2e-interrupt";
import { enginesProcesses, lasting, watchProcesses } from "../support/e2e-processes";
import { contentOf, found, readableFilesWith, secrets } from "../support/e2e-secrets";
import { outputs, pulumi, stackFileWith } from "../support/e2e-stack";
import { deployed, steps } from "../support/e2e-steps";

/** Where an `up` for a new machine can be cut off, in the order in which these appear, and for how long: each in a step of its own. */
const places = [
  { after: /sandbox\/index\.ts/, within: 2.5 },
  { after: /host-prepare +creating/, within: 2.5 },
  { after: /docker-install +creating/, within: 2.5 },
  { after: /snikket-stage +creating/, within: 2.5 },
  // Its certificate is asked for, its containers start.
  { after: /snikket-deploy +creating/, within: 9 },
  { after: /Two people/, within: 2 },
];
/** Four of them, for the engine ends its step before it ends itself: the same one would not appear again. */
const where = fc.subarray(places, { minLength: 4, maxLength: 4 });
const part = fc.noBias(fc.integer({ min: 0, max: 1000 }));
const parts = fc.array(part, { minLength: 4, maxLength: 4 });
/** Which of them is a power cut: nobody is told, and the engine's lock stays. */
const which = fc.noBias(fc.nat({ max: 3 }));
const [cutOff] = fc.sample(fc.tuple(where, parts, which), { seed, numRuns: 1 });
const moments = (cutOff?.[0] ?? []).map(({ after, within }, i) => ({
  after,
  seconds: (within * (cutOff?.[1][i] ?? 0)) / 1000,
  isPowerCut: i === cutOff?.[2],
}));

const invitation = async (): Promise<string> => deployed(await steps()).invitation;

const command: [string, ...string[]] = ["npm", "run", "sandbox"];
let before: string;
const left: string[] = [];
/** By Ctrl-C. */
const interrupted: Interrupted[] = [];
let powerCut: Interrupted;
let again: Ended;
/** What all of these runs said. */
let told: string;
let commandLines: string;

beforeAll(async () => {
  await bringUp({ settings: "any" });
  before = await invitation();
  const strangers = enginesProcesses();
  const stop = watchProcesses();
  await removeContainer(machine);
  for (const moment of moments) {
    if (moment.isPowerCut) {
      powerCut = await interrupt(signalAll("SIGKILL"), command, moment);
      // The engine's language host runs in a group of its own.
      spawnSync("kill", ["-KILL", ...(await lasting(strangers))]);
    } else {
      interrupted.push(await interrupt(ctrlC, command, moment));
      left.push(...(await lasting(strangers)));
    }
  }
  again = await sandbox();
  commandLines = await stop();
  expectDone(again);
  await remember();
  told = [...interrupted, powerCut, again].map(({ output }) => output).join("\n");
});

/** Whether it had not begun: there are npm's own words alone. */
const isBefore = (output: string): boolean => /sandbox\/index\.ts\s*(\^C)?\W*$/.test(output);

describe(`npm run sandbox, its machine gone, interrupted four times (moments from seed ${seed})`, () => {
  it("ends soon each time it is asked to, and says how to go on", () => {
    expect(interrupted).toHaveLength(3);
    for (const ended of interrupted) {
      const { code, output, seconds } = ended;
      expect(code).toBe(130);
      if (!isBefore(output)) expect(output).toMatch(goesOn);
      expectNoTrace(ended);
      expect(seconds).toBeLessThan(60);
    }
  });

  it("was at work at the power cut, too", () => expect(powerCut.code).toBeNull());

  it("leaves no program of its own behind, here or on the machine", async () => {
    expect(left).toEqual([]);
    const { stdout } = await docker(["top", machine]);
    expect(stdout).not.toContain("bash -s");
  });

  it.each(["host-prepare", "docker-install", "snikket-stage", "snikket-deploy"])(
    "sends %s again: the new host key is another machine",
    (step) => expect(new RegExp(`${step} (replaced|created replacement)`).test(told)).toBe(true),
  );

  it("restores service in the end, seen from outside", async () => {
    const request = { ...target(server()), nameservers: [address("dns")] };
    const results = await verify(request);
    expect(results.filter(({ ok }) => !ok)).toEqual([]);
    expect(results.length).toBeGreaterThan(7);
    expect(Object.keys(await containers()).sort()).toEqual(services);
    expect((await outputs()).ipv4).toBe(address("machine"));
  });

  it("gives a new first invitation, which makes its user an administrator", async () => {
    const now = await invitation();
    expect(now).toMatch(new RegExp(`^https://${domain}/invite/`));
    expect(now).not.toBe(before);
    expect(/anna (joined with an invitation|is back)/.test(told)).toBe(true);
    expect(/packets of sound came back/.test(told)).toBe(true);
    const roles = `docker exec snikket prosodyctl shell user role anna@${domain}`;
    expect(await onMachine(roles)).toContain("prosody:admin");
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
    expect(found(all, told)).toEqual([]);
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
    expect(/^sudo -n bash -s/m.test(commandLines)).toBe(true);
    expect(/^curl .*_health/m.test(commandLines)).toBe(true);
    // And of what becomes it.
    const coturn =
      /^(\S*s6-(setuidgid \S+|applyuidgid \S+ --) )?\S*turnserver .*--static-auth-secret=/;
    const isCoturns = (line: string) => coturn.test(line);
    const lines = commandLines.split("\n");
    expect(found(all, lines.filter(isCoturns).join("\n"))).toHaveLength(1);
    expect(found(all, lines.filter((line) => !isCoturns(line)).join("\n"))).toEqual([]);
  });

  it("is in a file on the machine that others may read", async () => {
    const seen = readableFilesWith({ ...all, "something they may read": "root:x:0:0:" });
    expect((await seen).trim().split("\n").sort()).toEqual(["/etc/passwd", "/etc/passwd-"]);
  });
});
