import { Client } from "ssh2";
import type { MachineArgs } from "../../sandbox/machine";
import { machineUser } from "../../sandbox/settings";
import { rebuilt } from "../support/rebuilt";
import { type Playbook, playbookLikeStack, withoutAnsible } from "./ansible";
import type { Figure } from "./figure";
import { inTurn, pulumi, sandbox, seconds } from "./measure";

const up = () => pulumi(["up", "--yes", "--skip-preview"]);

/** The first `up` on a booted machine, over the same done otherwise: its scripts by hand, and Ansible. */
export async function firstUp(): Promise<Figure[]> {
  const missing = withoutAnsible();
  const playbook = missing ? undefined : playbookLikeStack();
  await rebuilt();
  const ours = await seconds(up);
  const log = sandbox("ssh", "sudo journalctl --unit ssh --output cat");
  // The last one is our own, which fetched the log; to wait for the machine the sandbox only reads its greeting.
  const connections = log.split("Accepted publickey").length - 1 - 1;
  const scripts = scriptsOfStack();
  const byHand = await rebuilt();
  const hand = await seconds(() => runInOneConnection(byHand, scripts));
  const figures: Figure[] = [
    {
      what: "first up, over the scripts by hand",
      value: ours / hand,
      unit: "x",
      budget: 1.15,
      note: "beside the scripts: the engine's start, the looks from outside, and the verification",
    },
    {
      what: "SSH sessions of the first up",
      value: connections,
      unit: "",
      budget: 4,
      note: "four steps, and a look before the first one: it fails at once on a wrong key or host key, which the provider would retry for minutes without a word",
    },
    ...(await overAnsible(ours, missing, playbook)),
  ];
  playbook?.remove();
  return figures;
}

/** Leaves the machine as `up` wants it. */
async function overAnsible(ours: number, note = "", playbook?: Playbook): Promise<Figure[]> {
  const first: Figure = { what: "first up, over Ansible's first run", value: undefined, unit: "x" };
  const idle: Figure = { what: "up with no change, over Ansible's", value: undefined, unit: "x" };
  if (!playbook) {
    up();
    return [first, idle].map((figure) => ({ ...figure, note }));
  }
  const machine = await rebuilt();
  const theirs = await seconds(() => playbook.run(machine));
  up();
  const [ourIdle, theirIdle] = await inTurn(up, () => playbook.run(machine), 2);
  return [
    { ...first, value: ours / theirs, note: "without gates, guards and verification" },
    { ...idle, value: ourIdle / theirIdle },
  ];
}

interface Resource {
  urn: string;
  inputs: { create: string; stdin: string | { plaintext: string } };
}

/** What the last `up` sent, in its order. */
function scriptsOfStack(): { create: string; stdin: string }[] {
  const order = ["host-prepare", "docker-install", "snikket-stage", "snikket-deploy"];
  const state = JSON.parse(pulumi(["stack", "export", "--show-secrets"]));
  const resources: Resource[] = state.deployment.resources;
  return order.map((name) => {
    const found = resources.find(({ urn }) => urn.endsWith(`remote:Command::${name}`));
    if (!found) throw new Error(`the stack has no ${name}`);
    const { create, stdin } = found.inputs;
    return { create, stdin: typeof stdin === "string" ? stdin : JSON.parse(stdin.plaintext) };
  });
}

async function runInOneConnection(
  { ip, key }: MachineArgs,
  scripts: { create: string; stdin: string }[],
): Promise<void> {
  const client = new Client();
  await new Promise((resolve, reject) => {
    client.on("ready", () => resolve(undefined)).on("error", reject);
    client.connect({ host: ip, username: machineUser, privateKey: key.private });
  });
  for (const { create, stdin } of scripts) await runScript(client, create, stdin);
  client.end();
}

const runScript = (client: Client, command: string, stdin: string): Promise<void> =>
  new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => {
      if (error) return reject(error);
      let log = "";
      channel.on("data", () => {});
      channel.stderr.on("data", (chunk) => {
        log += chunk;
      });
      channel.on("close", (code: number) => (code === 0 ? resolve() : reject(new Error(log))));
      channel.end(stdin);
    });
  });
