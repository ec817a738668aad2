import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { type RunOptions, run, step } from "../../sandbox/console";
import { docker } from "../../sandbox/docker";
import { address, checkout, containerName, domain, inHome } from "../../sandbox/settings";

// A first `up` on a new machine takes a minute, and several on a busy computer some more.
jest.setTimeout(600_000);

/** How a program ended that a person would have run. */
export interface Ended {
  code: number;
  stdout: string;
  /** Both streams, one after the other. */
  output: string;
  seconds: number;
}

/** Runs a program in the checkout to its end, and says every ten seconds that it still runs. */
export async function command(
  program: string,
  args: string[],
  options: RunOptions = {},
): Promise<Ended> {
  const started = Date.now();
  const work = (report: (doing: string) => void) =>
    run(program, args, { cwd: checkout, mayFail: true, onLine: report, ...options });
  const { code, stdout, stderr } = await step([program, ...args.slice(0, 4)].join(" "), work);
  return { code, stdout, output: `${stdout}${stderr}`, seconds: (Date.now() - started) / 1000 };
}

/** `npm run sandbox -- …`, as a person runs it. */
export const sandbox = (args: string[] = [], options?: RunOptions): Promise<Ended> =>
  command("npm", ["run", "sandbox", ...(args.length > 0 ? ["--", ...args] : [])], options);

/** Fails with the end of the output of a program that should have ended well. */
export function expectDone({ code, output }: Ended): void {
  const end = output.trim().split("\n").slice(-30).join("\n");
  if (code !== 0) throw new Error(`it ended with ${code}:\n${end}`);
}

/** Fails where a person would be shown a stack trace. */
export const expectNoTrace = ({ output }: { output: string }): void =>
  expect(/^\s+at .*:\d+:\d+\)?$/m.exec(output)?.[0]).toBeUndefined();

/** The server of the sandbox, as its people know it. */
export const server = () => ({
  domain,
  ipv4: address("machine"),
  acmeRoot: readFileSync(inHome("acme-root.pem"), "utf8"),
});

export const machine = containerName("machine");

/** Runs a shell script as root on the machine, past SSH and past the product; gives what it printed. */
export async function onMachine(script: string, { name = machine } = {}): Promise<string> {
  const { stdout } = await docker(["exec", name, "bash", "-euo", "pipefail", "-c", script]);
  return stdout.trim();
}

/** What this holds of a container of Docker's own description. Source: docs.docker.com/reference/api/engine. */
interface Container {
  Id: string;
  Name: string;
  State: { Running: boolean; Health?: { Status: string } };
  Mounts: { Type: string; Name?: string; Source: string; Destination: string }[];
  HostConfig: {
    NetworkMode: string;
    RestartPolicy: { Name: string };
    LogConfig: { Type: string; Config: Record<string, string> };
  };
  Config: { Labels: Record<string, string>; Healthcheck: { Test: string[] } };
}

/** Every container on the machine by its name, running or not. */
export async function containers(): Promise<Record<string, Container>> {
  const json = await onMachine("docker ps -aq | xargs --no-run-if-empty docker inspect");
  const list: Container[] = JSON.parse(json || "[]");
  return Object.fromEntries(list.map((found) => [found.Name.replace(/^\//, ""), found]));
}

/** The id of every container on the machine by its name: what is recreated gets another one. */
export const containerIds = async (): Promise<Record<string, string>> =>
  Object.fromEntries(Object.entries(await containers()).map(([name, { Id }]) => [name, Id]));

export const services = ["snikket", "snikket-certs", "snikket-portal", "snikket-proxy"];

/** Containers, networks and volumes of Docker's with a sandbox's name. */
export async function inDocker(name: string): Promise<string[]> {
  const label = `label=snikket-sandbox.name=${name}`;
  const lists = await Promise.all([
    docker(["ps", "--all", "--quiet", "--filter", label]),
    docker(["network", "ls", "--quiet", "--filter", label]),
    docker(["volume", "ls", "--quiet", "--filter", label]),
  ]);
  return lists.flatMap(({ stdout }) => stdout.split("\n").filter(Boolean));
}

/** How many certificates the sandbox's authority was ever asked for. */
export async function certificateOrders(): Promise<number> {
  const { stdout, stderr } = await docker(["logs", containerName("acme")]);
  return `${stdout}${stderr}`.match(/POST \/order-plz/g)?.length ?? 0;
}

/** An invitation, as the operator makes one on the machine. */
export async function createInvite(): Promise<string> {
  const text = await onMachine("docker exec snikket create-invite");
  return /https:\S+/.exec(text)?.[0] ?? text;
}

/**
 * Brings the sandbox to where a newcomer's first command leaves it, unless it is there.
 * @param settings "any": a server with other settings will do as well
 */
export async function bringUp({ settings = "own" }: { settings?: "own" | "any" } = {}) {
  const standing = inHome("e2e", "standing");
  if (existsSync(standing)) {
    const [settled, now] = [readFileSync(standing, "utf8").split("\n"), await state()];
    // The first line is the settings.
    if (settings === "any") for (const lines of [settled, now]) lines.shift();
    if (settled.join("\n") === now.join("\n")) return;
  }
  expectDone(await sandbox());
  await remember();
}

/** Says that the sandbox stands as a newcomer's first command leaves it, for whoever brings it up next. */
export async function remember(): Promise<void> {
  writeFileSync(inHome("e2e", "standing"), (await state()).join("\n"));
}

/** What tests change, in lines: the settings, then data, machine, containers and DNS records. */
async function state(): Promise<string[]> {
  const { stdout: id } = await docker(["inspect", "-f", "{{.Id}}", machine], { mayFail: true });
  const seen = await onMachine(`sha256sum </etc/snikket/snikket.conf
    sha256sum /etc/snikket/domain /var/lib/snikket/domain; docker ps --format '{{.Names}}' | sort`).catch(
    () => "no settings\nno server",
  );
  return [...seen.split("\n"), id, readFileSync(inHome("records", "records.conf"), "utf8")];
}
