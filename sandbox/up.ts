import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import {
  type CloudKind,
  plugins as cloudPlugins,
  emptyCloud,
  learnMachine,
  startCloud,
} from "./cloud/cloud";
import { cloudStack } from "./cloud/stack";
import { Problem, run, say, step } from "./console";
import { ensureDocker } from "./daemon";
import { docker, onPath, ours } from "./docker";
import { clearLeftOver } from "./down";
import { ensureEngine } from "./engine";
import { ensureImage } from "./images";
import {
  ensureMachine,
  keepMachine,
  knownMachine,
  type MachineArgs,
  rebuildMachine,
  talkedFile,
} from "./machine";
import { ensureNetwork, ofAnother, otherOwner } from "./network";
import { chatRecords, setRecords } from "./records";
import { imagesAre, pushImages, snikketsImages } from "./registry";
import { ensureServices, peerPort } from "./services";
import { address, checkout, domain, inHome, type Kind } from "./settings";
import { deploy, existingStack, forgetStack, outputs, pulumiHome, writeStack } from "./stack";
import { installStandIns, type PluginName } from "./stand-ins/install";

/** From nothing, or from anything in between, to a running sandbox. */
export async function up({ install, kind }: { install: boolean; kind: Kind }): Promise<void> {
  // Who may install is asked first, as a plan can take minutes; where Docker cannot run there is this much to see.
  const missing = await ensureDocker({ install }).catch((problem: Error) => problem);
  if (!knownMachine()) await showPlan();
  if (missing) throw missing;
  await clearLeftOver();
  await step("network", () => ensureNetwork(kind));
  await (kind === "existing" ? upOnMachine(install) : upInCloud(kind, install));
}

/** What the same program would make at Oracle Cloud: that needs no account, and neither Docker nor a network. */
async function showPlan(): Promise<void> {
  const stack = ["--stack", "stacks/oracle.example.yaml"];
  const args = ["--require", "tsx/cjs", "operations/plan.ts", ...stack];
  const { code, stdout, stderr } = await step("a plan", (report) => {
    // The step tells the time itself.
    const onLine = (line: string) => /^still planning/.test(line) || report(line);
    return run(process.execPath, args, { cwd: checkout, mayFail: true, onLine });
  });
  // Without an engine there is nothing to go on to.
  if (code === 3) throw new Problem(stderr.trim(), 3);
  process.stdout.write(`\nA plan, by npm run plan -- ${stack.join(" ")}:\n\n${stdout || stderr}\n`);
}

async function upOnMachine(install: boolean): Promise<void> {
  const services = step("services", () => ensureServices(install));
  const [engine, machine] = await Promise.all([
    startEngine(["command"]),
    startMachine(services, install),
    startRegistry(services, install),
  ]);
  await setRecords(chatRecords());
  await step("stack", () => writeStack(engine, existingStack(machine)));
  await deploy(engine);
  await step("two people", () => talk(machine, engine));
  farewell(machine);
}

async function upInCloud(kind: CloudKind, install: boolean): Promise<void> {
  const starting = step("cloud", () => startCloud(kind, install));
  // The cloud is the way out for all others.
  const services = starting.then(() => step("services", () => ensureServices(install)));
  const [engine, { renewed }] = await Promise.all([
    startEngine(["command", "tls", "cloudflare", cloudPlugins[kind]]),
    services,
    startRegistry(services, install),
  ]);
  if (renewed && knownMachine()) {
    say(startingAnew);
    forgetStack();
    await step("cloud", emptyCloud);
  }
  await step("stack", () => writeStack(engine, cloudStack(kind)));
  await deploy(engine);
  const machine = await step("the machine's keys", () => learnMachine(engine));
  if (machine.id !== knownMachine()?.id) keepMachine(machine);
  await step("two people", () => talk(machine, engine));
  farewell(machine);
}

async function startEngine(only: PluginName[]): Promise<string> {
  return step("engine", async (report) => {
    const { pulumi } = await ensureEngine({ home: pulumiHome, report });
    await installStandIns(pulumiHome, { effects: true, only, report });
    return pulumi;
  });
}

async function startRegistry(services: Promise<unknown>, install: boolean): Promise<void> {
  const [images] = await Promise.all([snikketsImages(install), services]);
  await pushImages(images);
}

async function startMachine(
  services: Promise<{ renewed: boolean }>,
  install: boolean,
): Promise<MachineArgs> {
  const [{ renewed }] = await Promise.all([services, ensureImage("machine", install)]);
  if (renewed && knownMachine()) {
    say(startingAnew);
    forgetStack();
    return rebuildMachine();
  }
  return ensureMachine();
}

const startingAnew =
  "The sandbox was stopped, and its authority forgot its certificates: starting anew.";

const talked =
  "Two people talked the first time; npm run sandbox -- down and then npm run sandbox shows it again.";

/**
 * Two people chat, once on each machine.
 * @internal exported for its test
 */
export async function talk({ name, ip, key }: MachineArgs, engine: string): Promise<void> {
  if (existsSync(talkedFile)) {
    process.stdout.write(`\n${talked}\n`);
    return;
  }
  const createInvite = async (): Promise<string> => {
    const { stdout } = await docker(["exec", name, "docker", "exec", "snikket", "create-invite"]);
    return /https:\S+/.exec(stdout)?.[0] ?? "";
  };
  const { invitation = "" } = await outputs(engine);
  const { transcript } = await import("./transcript.js");
  process.stdout.write("\nTwo people, over the server that answers now:\n");
  await transcript({
    ...{ domain, ipv4: ip, acmeRoot: readFileSync(inHome("acme-root.pem"), "utf8") },
    ...{ invitation, createInvite, seed: key.private },
    peer: { address: address("peer"), port: peerPort },
  }).catch((error: Error) => {
    throw new Problem(
      `${error.message}\nThe server runs, but the conversation failed. Look at: npm run sandbox -- logs`,
    );
  });
  writeFileSync(talkedFile, "");
}

function farewell({ ip }: MachineArgs): void {
  const root = path.relative(process.cwd(), inHome("acme-root.pem"));
  const page = `https://${domain}/`;
  const open = onPath("curl")
    ? `curl --cacert ${root} --resolve ${domain}:443:${ip} ${page}`
    : `npm run -s sandbox -- ssh curl --cacert /etc/snikket/ca/acme-root.pem ${page}`;
  process.stdout.write(`
The portal is ${page} at ${ip}. To open it here:
  ${open}
Snikket's images: ${imagesAre()}. A phone cannot join this server: its name and certificate exist on this machine alone.
Look around: npm run sandbox -- status | ssh | logs | env; take it down: npm run sandbox -- down

For a server of your own, take a domain and a free account at Oracle or Google Cloud, or a machine with Debian or Ubuntu,
and follow "Your own server" in README.md:
after its pulumi up, install the app on a phone first, then scan the code that npm run invite shows.
`);
}

/** Prints what runs. */
export async function status(): Promise<void> {
  const owner = await otherOwner();
  if (owner) throw ofAnother(owner);
  const format = ["--format", "table {{.Names}}\t{{.Status}}\t{{.Image}}"];
  const machine = knownMachine();
  // With the last sandbox a Docker may go, too.
  const { stdout: here } = await docker(["ps", "--all", ...ours, ...format], { mayFail: !machine });
  process.stdout.write(here);
  if (!machine) throw new Problem('There is no machine. Start one with "npm run sandbox".');
  const inside = ["exec", machine.name, "docker", "ps", "--all", ...format];
  const { stdout } = await docker(inside, { mayFail: true });
  process.stdout.write(`\nOn the machine ${machine.ip}, images: ${imagesAre()}\n`);
  process.stdout.write(stdout || "Nothing is deployed yet.\n");
}
