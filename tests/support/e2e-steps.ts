import { unseal } from "../../components/remote/sealed";
import type { Deployed } from "../../components/snikket/deployment";
import { docker } from "../../sandbox/docker";
import { type Ended, expectDone, machine, sandbox } from "./e2e";
import { pulumi } from "./e2e-stack";

/** What is sent to the machine in the steps of a deployment, by their names. */
export type Steps = Record<string, { create: string; stdin: string; stdout: string }>;

/** Marks a secret in a state; its `plaintext` is JSON. Source: Pulumi's sdk/go/common/resource/sig. */
const secret = "4dabf18193072939515e22adb298388d";

/** The steps as a stack's state remembers them, secrets in plain text. @param run `pulumi`, on a stack */
export async function steps(run: Run = pulumi): Promise<Steps> {
  const remote = (await inState(run)).filter(({ type }) => type.endsWith(":remote:Command"));
  return Object.fromEntries(
    remote.map(({ urn, outputs = {} }) => [
      urn.split("::").at(-1),
      Object.fromEntries(["create", "stdin", "stdout"].map((key) => [key, plain(outputs[key])])),
    ]),
  );
}

/** What the deployment reported, opened with the key that it was sent. @param printed @default what it printed in the last `up` */
export function deployed(all: Steps, printed = all["snikket-deploy"]?.stdout ?? ""): Deployed {
  const key = /'([0-9a-f]{64})' >"\$FILES"\/'seal\.key'$/m.exec(all["snikket-deploy"]?.stdin ?? "");
  const sealed = /^U2FsdGVkX1\S+$/m.exec(printed);
  return JSON.parse(unseal(sealed?.[0] ?? "", key?.[1] ?? "") ?? "");
}

type Run = (args: string[]) => Promise<Ended>;

/** The resources in a stack's state, with its secrets. */
export async function inState(run: Run = pulumi) {
  const ended = await run(["stack", "export", "--show-secrets"]);
  expectDone(ended);
  const { resources } = JSON.parse(ended.stdout).deployment;
  return resources as { type: string; urn: string; outputs?: Record<string, unknown> }[];
}

/** Whether this stands for a secret in a state. */
export const isSecret = (value: object): boolean => secret in value;

/** A secret stands in the state as an object around its JSON. */
export function plain(value: unknown): unknown {
  const wrapped = value as { [secret]?: string; plaintext?: string };
  return wrapped?.[secret] ? JSON.parse(wrapped.plaintext ?? '""') : value;
}

/** Sends a step over SSH, as `up` does. */
export const send = (step: Steps[string] | undefined, stdin = step?.stdin ?? ""): Promise<Ended> =>
  sandbox(["ssh", step?.create ?? "false"], { input: stdin });

/** Runs a script as root on any machine of the sandbox. */
export async function runOn(name: string, script: string): Promise<Ended> {
  const options = { input: script, mayFail: true };
  const { code, stdout, stderr } = await docker(["exec", "-i", name, "bash", "-s"], options);
  return { code, stdout, output: `${stdout}${stderr}`, seconds: 0 };
}

/** Everything on the machine that a step could change, a line each; what lives by itself is left out. */
export const digest = async (name = machine): Promise<string[]> =>
  (await runOn(name, lookAround)).stdout.trim().split("\n");

const lookAround = `set -euo pipefail
files() { find "$@" -printf '%y %m %u:%g %T@ %p %l\\n' -type f -exec sha256sum {} + | sort; }
files /etc -not -path /etc/mtab
files /usr/local
stat --format '%n %s %Y' /swapfile 2>/dev/null || :
if [[ -d /var/lib/snikket ]]; then files /var/lib/snikket -path '*/data/prosody' -prune -o -true; fi
dpkg -l
systemctl list-unit-files --no-legend --no-pager | sort
swapon --noheadings
command -v docker >/dev/null || exit 0
docker ps --all --no-trunc --format '{{.ID}} {{.Names}}' | sort
docker inspect --format '{{.Name}} {{.State.StartedAt}} {{.RestartCount}}' $(docker ps -aq)
docker images --no-trunc --format '{{.ID}} {{.Repository}}:{{.Tag}}' | sort
docker volume ls | sort
docker network ls --no-trunc | sort
for save in iptables-save ip6tables-save; do $save | grep -v '^#' | sed 's/\\[[0-9]*:[0-9]*\\]//'; done
`;
