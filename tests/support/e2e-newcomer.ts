import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { CloudKind } from "../../sandbox/cloud/cloud";
import { cloudStack } from "../../sandbox/cloud/stack";
import { account, checkout, domain, home, zone } from "../../sandbox/settings";
import { stackEnvironment } from "../../sandbox/stack";
import { projectFiles } from "../../scripts/steps";
import { command, type Ended, expectDone } from "./e2e";
import { type Family, familyOf } from "./e2e-families";

/** A family that begins as README.md says, with a checkout, a home folder and a passphrase of its own. */
export interface Newcomer extends Family {
  /** Runs a line of the README, as it stands there. */
  run(line: string, input?: string): Promise<Ended>;
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

/** The README's five commands, from a checkout to the invitation. */
export function documentedStart(kind: CloudKind = "oracle"): string[] {
  const text = readFileSync(path.join(checkout, "README.md"), "utf8");
  const [, lines = ""] = /Five commands, .*\n\n([\s\S]*?)\n\n/.exec(text) ?? [];
  const commands = lines.replaceAll("oracle", kind).split("\n");
  expect(commands).toHaveLength(5);
  return commands;
}

/** The one newcomer beside the sandbox's own family; the first time, with the first three commands, for nothing is made yet. */
export async function newcomer(kind: CloudKind): Promise<Newcomer> {
  const family = familyOf(own, { env, cwd }, stackFile);
  const run = (line: string, input?: string) =>
    command("bash", ["-c", line], {
      ...{ cwd, input },
      env: { ...process.env, ...stackEnvironment(), PULUMI_SKIP_CONFIRMATIONS: "true", ...env },
    });
  if (!existsSync(state)) await begin(kind, run);
  return { ...family, run };
}

/** What Oracle's console gives for a new API key; the sandbox's cloud knows everybody. */
function downloadKey(oci: string): void {
  mkdirSync(oci, { recursive: true });
  writeFileSync(path.join(oci, "key.pem"), "");
  const tenancy = "tenancy=ocid1.tenancy.oc1..newcomer\nregion=eu-frankfurt-1";
  const text = `[DEFAULT]\nuser=ocid1.user.oc1..newcomer\nfingerprint=00:11\n${tenancy}\n`;
  writeFileSync(path.join(oci, "config"), `${text}key_file=~/.oci/key.pem\n`);
}

async function begin(kind: CloudKind, run: Newcomer["run"]): Promise<void> {
  for (const file of projectFiles()) cpSync(path.join(checkout, file), path.join(cwd, file));
  downloadKey(path.join(folder, "home", ".oci"));
  const [copy = "", init = "", token = ""] = documentedStart(kind);
  // What `npm ci` would bring is there already; and for the engine, ~ is what /etc/passwd says, whatever HOME is.
  symlinkSync(path.join(checkout, "node_modules"), path.join(cwd, "node_modules"));
  expectDone(await run(copy.replace("npm ci && ", "").replace("file://~", `file://${env.HOME}`)));
  expect(existsSync(stackFile)).toBe(true);
  writeFileSync(stackFile, cloudStack(kind).text.replaceAll(domain, own));
  expectDone(await run(init));
  expectDone(await run(token, account.apiToken));
  expect(existsSync(state)).toBe(true);
}
