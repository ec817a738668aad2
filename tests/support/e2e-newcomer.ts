import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import * as path from "node:path";
import qrcode from "qrcode-terminal";
import { tokenOf } from "../../sandbox/chat/invitation";
import type { Server } from "../../sandbox/chat/server";
import type { CloudKind } from "../../sandbox/cloud/cloud";
import { cloudStack } from "../../sandbox/cloud/stack";
import type { MachineArgs } from "../../sandbox/machine";
import { account, checkout, domain, home, type Kind, zone } from "../../sandbox/settings";
import { settings, stackEnvironment } from "../../sandbox/stack";
import { projectFiles } from "../../scripts/steps";
import { command, type Ended, expectDone, onMachine } from "./e2e";
import { type Family, familyOf } from "./e2e-families";
import { stackFileWith } from "./e2e-stack";
import { fakeProgram } from "./programs";

/** A family that begins as is documented, with a checkout, a home folder and a passphrase of its own. */
export interface Newcomer extends Family {
  /** Runs a documented line, as it stands there. */
  run(line: string, input?: string, more?: NodeJS.ProcessEnv): Promise<Ended>;
}

const folder = path.join(home, "e2e", "newcomer");
const cwd = path.join(folder, "checkout");
const stackFile = path.join(cwd, "stacks", "Pulumi.home.yaml");
/** Where `file://~` leads. */
const state = path.join(folder, "home", ".pulumi", "stacks", "snikket", "home.json");
const own = `two.${zone}`;

/** The sandbox's engine and plugins; all else is the newcomer's, and who asks Oracle stands in a file. */
const env: NodeJS.ProcessEnv = {
  HOME: path.join(folder, "home"),
  PULUMI_BACKEND_URL: undefined,
  PULUMI_STACK: undefined,
  PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
  PULUMI_CONFIG_PASSPHRASE: "a passphrase of your choice",
  OCI_USER_OCID: undefined,
};

/** The README's five commands from a checkout to the invitation; those for a machine of one's own are others. */
export function documentedStart(kind: Kind = "oracle"): string[] {
  const text = readFileSync(path.join(checkout, "README.md"), "utf8");
  const words = kind === "existing" ? "five others, .*" : "Five commands, .*";
  const [, found = ""] = new RegExp(`${words}\n\n([\\s\\S]*?)\n\n`).exec(text) ?? [];
  const commands = found.replaceAll("oracle", kind).split("\n");
  expect(commands).toHaveLength(5);
  return commands.map((line) => line.trim());
}

const run: Newcomer["run"] = (line, input, more) =>
  command("bash", ["-c", line], {
    ...{ cwd, input },
    env: {
      ...{ ...process.env, ...stackEnvironment(), PULUMI_SKIP_CONFIRMATIONS: "true" },
      ...{ ...env, ...more },
    },
  });

/** The one newcomer beside the sandbox's own family; the first time, with the first three commands, for nothing is made yet. */
export async function newcomer(kind: CloudKind): Promise<Newcomer> {
  if (!existsSync(state)) await begin(kind);
  return { ...familyOf(own, { env, cwd }, stackFile), run };
}

/** The newcomer's stack is lost, with its passphrase and the checkout; the clouds have what it made. */
export const loseStack = (): void => rmSync(folder, { recursive: true, force: true });

/** One with a machine, whose provider gave root a password; with the first three commands. */
export async function newcomerOn(machine: MachineArgs, own: string): Promise<Newcomer> {
  loseStack();
  const [copy = "", key = "", init = ""] = documentedStart("existing");
  await checkOut(copy);
  const host = {
    provider: "existing",
    address: machine.ip,
    hostKey: machine.hostKey.public.trim(),
  };
  const filledIn = stackFileWith("newcomer", { domain: own, host, ...settings() }, stackFile);
  cpSync(filledIn, stackFile);
  await letIn(machine, key);
  const typed = `${env.PULUMI_CONFIG_PASSPHRASE}\n`;
  expectDone(await run(init, typed, { PULUMI_CONFIG_PASSPHRASE: undefined }));
  return { ...familyOf(own, { env, cwd }, stackFile), run };
}

/** The command that makes a key: ssh asks for the password, and who sits at the terminal knows it. */
async function letIn({ name, ip }: MachineArgs, key: string): Promise<void> {
  const byPassword = "/etc/ssh/sshd_config.d/provider.conf";
  await onMachine(
    `echo root:from-the-provider | chpasswd
    echo PermitRootLogin yes >${byPassword}; systemctl reload ssh`,
    { name },
  );
  fakeProgram(folder, "typed", "echo from-the-provider");
  const more = { SSH_ASKPASS: path.join(folder, "typed"), SSH_ASKPASS_REQUIRE: "force" };
  const unknown = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null";
  mkdirSync(path.join(folder, "home", ".ssh"), { mode: 0o700 });
  const line = key.replace("-id -i", `-id ${unknown} -i`).replace("198.51.100.7", ip);
  expectDone(await run(line, undefined, more));
  await onMachine(`rm ${byPassword}; systemctl reload ssh`, { name });
}

/** What shows a family's invitation, as a code and as a link that opens. */
export async function expectInvitation(shown: Ended, server: Server): Promise<void> {
  expectDone(shown);
  const [link = ""] = /^https:\S+$/m.exec(shown.stdout) ?? [];
  const codes: string[] = [];
  qrcode.generate(link, { small: true }, (code) => codes.push(code));
  expect(shown.stdout).toContain(codes[0] ?? "no code");
  expect(await tokenOf(server, link)).toMatch(/^[\w-]+$/);
}

/** What Oracle's console gives for a new API key; the sandbox's cloud knows everybody. */
function downloadKey(oci: string): void {
  mkdirSync(oci, { recursive: true });
  writeFileSync(path.join(oci, "key.pem"), "");
  const tenancy = "tenancy=ocid1.tenancy.oc1..newcomer\nregion=eu-frankfurt-1";
  const text = `[DEFAULT]\nuser=ocid1.user.oc1..newcomer\nfingerprint=00:11\n${tenancy}\n`;
  writeFileSync(path.join(oci, "config"), `${text}key_file=~/.oci/key.pem\n`);
}

/** A checkout, and the first command in it. */
async function checkOut(copy: string): Promise<void> {
  for (const file of projectFiles()) cpSync(path.join(checkout, file), path.join(cwd, file));
  mkdirSync(path.join(folder, "home"), { recursive: true });
  // What `npm ci` would bring is there already; and for the engine, ~ is what /etc/passwd says, whatever HOME is.
  symlinkSync(path.join(checkout, "node_modules"), path.join(cwd, "node_modules"));
  expectDone(await run(copy.replace("npm ci && ", "").replace("file://~", `file://${env.HOME}`)));
  expect(existsSync(stackFile)).toBe(true);
}

async function begin(kind: CloudKind): Promise<void> {
  const [copy = "", init = "", token = ""] = documentedStart(kind);
  await checkOut(copy);
  downloadKey(path.join(folder, "home", ".oci"));
  writeFileSync(stackFile, cloudStack(kind).text.replaceAll(domain, own));
  expectDone(await run(init));
  expectDone(await run(token, account.apiToken));
  expect(existsSync(state)).toBe(true);
}
