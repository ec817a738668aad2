import { rmSync, writeFileSync } from "node:fs";
import { type CloudKind, plugins } from "../../sandbox/cloud/cloud";
import { docker } from "../../sandbox/docker";
import { knownMachine } from "../../sandbox/machine";
import { address, containerName, domain, inHome } from "../../sandbox/settings";
import { pulumiHome } from "../../sandbox/stack";
import type { Failure } from "../../sandbox/stand-ins/kept";
import { forget, keep, type Resource, resources } from "../../sandbox/stand-ins/store";
import { expectDone, sandbox } from "./e2e";
import { eventually } from "./eventually";

/** The container that is the machine a cloud made. */
export const cloudMachine = containerName(`snikket-${domain.replaceAll(".", "-")}`);

/** Who could dial: somebody on the internet, or the cloud itself, past its own firewall. */
type Where = "peer" | "cloud";

const dialTcp = "exit !IO::Socket::IP->new(PeerAddr => $ARGV[0], Timeout => 3)";
/** A question that STUN answers, and that an echo sends back. */
const askUdp = `my $socket = IO::Socket::IP->new(PeerAddr => $ARGV[0], Proto => "udp") or exit 1;
  $socket->send(pack("nnNNNN", 1, 0, 0x2112a442, 1, 2, 3));
  $SIG{ALRM} = sub { exit 1 }; alarm 3;
  exit !defined $socket->recv(my $answer, 512);`;

/** Whether anything answers there. */
export async function answers(
  where: Where,
  protocol: "tcp" | "udp",
  endpoint: string,
): Promise<boolean> {
  const program = protocol === "tcp" ? dialTcp : askUdp;
  const perl = ["perl", "-MIO::Socket::IP", "-e", program, endpoint];
  return (await docker(["exec", containerName(where), ...perl], { mayFail: true })).code === 0;
}

/** What a person does in the cloud's console: finds a resource by a part of its type and of its outputs. */
export function inConsole(plugin: string, type: string, words = ""): Resource {
  process.env.PULUMI_HOME = pulumiHome;
  const found = resources(plugin).find(
    (resource) => resource.type.includes(type) && JSON.stringify(resource.outputs).includes(words),
  );
  if (!found) throw new Error(`there is no ${type} with ${words}`);
  return found;
}

/** Deletes it there, behind the program's back. */
export const deleteInConsole = (plugin: string, { id }: Resource): void => forget(plugin, id);

/** Changes it there, behind the program's back. */
export const changeInConsole = (plugin: string, resource: Resource, outputs: object): void =>
  keep(plugin, { ...resource, outputs: { ...resource.outputs, ...outputs } });

export const ipv4 = address("reserved");

/** Brings a cloud's sandbox to where its first command leaves it, unless it is there. */
export async function bringUpCloud(kind: CloudKind): Promise<void> {
  process.env.PULUMI_HOME = pulumiHome;
  if (resources(plugins[kind]).length > 0 && knownMachine()?.name === cloudMachine) return;
  expectDone(await sandbox(["down"]));
  expectDone(await sandbox(["--cloud", kind]));
}

export type { Failure };

/** A function of an SDK that is answered so each time, whatever there is. */
export const answering = (token: string, answer: object): Failure => ({
  when: `told by ${token}`,
  error: JSON.stringify(answer),
  times: 99,
});

/** Has the clouds fail so from now on, in their own words; with none they fail no more. */
export const letFail = (...failures: Failure[]): void =>
  writeFileSync(inHome("cloud", "failures.json"), JSON.stringify(failures));

/** Has the clouds keep what they are asked for, and be busy with it until this is called: see sandbox/cloud/converge.ts. */
export async function stayBusy(): Promise<() => void> {
  const lock = inHome("cloud", "lock");
  await eventually(async () => writeFileSync(lock, String(process.pid), { flag: "wx" }));
  return () => rmSync(lock);
}

/** Everything that is in the clouds of the sandbox, as their consoles show it. */
export function inConsoles(): Resource[] {
  process.env.PULUMI_HOME = pulumiHome;
  return ["oci", "gcp", "cloudflare"].flatMap(resources);
}
