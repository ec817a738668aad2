/** `npm run sandbox -- [up]|status|env|ssh|logs|models|down`: a whole deployment on this machine. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import { alone } from "./alone";
import { endChildren, exitCode, Problem } from "./console";
import { onPath } from "./docker";
import { down } from "./down";
import { knownMachine, type MachineArgs } from "./machine";
import { models } from "./models";
import { home, inHome, type Kind, kinds, machineUser } from "./settings";
import { stackEnvironment, updating } from "./stack";
import { status, up } from "./up";

const usage = `npm run sandbox -- [up] [--no-install]   start it, or bring it up to date
npm run sandbox -- --cloud oracle        the same in a cloud, oracle or google, that makes the machine
npm run sandbox -- status                what runs
npm run sandbox -- ssh [command]         a shell on the machine
npm run sandbox -- logs                  what Snikket's containers log
npm run sandbox -- down                  remove it; caches stay, and a Docker that it did not start runs on
npm run sandbox -- models FOLDER         make FOLDER a PULUMI_HOME that plans without any account
eval "$(npm run -s sandbox -- env)"      use npx pulumi on it by hand
`;

/** Runs one verb; gives the exit code. */
async function main([verb = "up", ...rest]: string[]): Promise<number> {
  if (verb === "ssh") return ssh(rest);
  if (verb === "models") return models(rest);
  if (verb.startsWith("-")) return main(["up", verb, ...rest]);
  const options = readOptions(rest);
  const verbs = new Map<string, () => unknown>([
    ["up", () => alone(() => up({ install: !options["no-install"], kind: kindOf(options.cloud) }))],
    ["down", () => alone(down)],
    ["status", status],
    ["env", printEnvironment],
    ["logs", logs],
  ]);
  const work = options.help ? help : verbs.get(verb);
  if (!work) throw new Problem(`"${verb}" is not a verb of the sandbox.\n${usage}`, 2);
  return Number((await work()) ?? 0);
}

const help = () => void process.stdout.write(usage);

function kindOf(cloud: string | undefined): Kind {
  const kind = kinds.find((name) => name === (cloud ?? "existing"));
  if (!kind || cloud === "existing")
    throw new Problem(`"${cloud}" is no cloud of the sandbox: oracle or google.`, 2);
  return kind;
}

function readOptions(args: string[]) {
  const help = { type: "boolean", short: "h" } as const;
  const options = { "no-install": { type: "boolean" }, cloud: { type: "string" }, help } as const;
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new Problem(`${(error as Error).message}\n${usage}`, 2);
  }
}

function printEnvironment(): number {
  if (!existsSync(home)) throw new Problem('There is no sandbox. Start it with "npm run sandbox".');
  for (const [name, value] of Object.entries(stackEnvironment())) {
    process.stdout.write(`export ${name}='${value.replaceAll("'", `'\\''`)}'\n`);
  }
  return 0;
}

function theMachine(): MachineArgs {
  const machine = knownMachine();
  if (!machine) throw new Problem('There is no machine. Start it with "npm run sandbox".');
  return machine;
}

function ssh(command: string[]): Promise<number> {
  const { ip, user = machineUser } = theMachine();
  if (!onPath("ssh")) throw new Problem("There is no ssh here: apt-get install openssh-client", 3);
  const known = ["-o", `UserKnownHostsFile="${inHome("keys", "known_hosts")}"`];
  const pinned = [...known, "-o", "StrictHostKeyChecking=yes"];
  const identity = ["-o", "IdentitiesOnly=yes", "-i", inHome("keys", "id_ed25519")];
  return attach("ssh", [...pinned, ...identity, `${user}@${ip}`, ...command]);
}

function logs(): Promise<number> {
  const compose =
    "docker compose --ansi never --file /etc/snikket/docker-compose.yml logs --no-color --tail 200";
  return attach("docker", ["exec", theMachine().name, ...compose.split(" ")]);
}

const attach = (command: string, args: string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: "inherit" });
    child.on("error", reject).on("close", (code) => resolve(code ?? 1));
  });

let interruptedAt = 0;

/** The engine ends its update first; a terminal has told it already. npm repeats the signal within moments. */
function interrupted(signal: NodeJS.Signals): void {
  if (Date.now() - interruptedAt < 2000) return;
  const engine = interruptedAt ? undefined : updating();
  interruptedAt = Date.now();
  if (!engine) goOnLater();
  if (!process.stdin.isTTY) engine.kill(signal);
  engine.on("close", goOnLater);
}

function goOnLater(): never {
  process.stderr.write(
    '\nInterrupted. "npm run sandbox" goes on from here; with "-- down" it is removed.\n',
  );
  process.exit(130);
}

process.on("SIGINT", interrupted).on("SIGTERM", interrupted);
process.on("exit", endChildren);

exitCode(main(process.argv.slice(2))).then((code) => process.exit(code));
