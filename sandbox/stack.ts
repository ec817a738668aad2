import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { cloudEnvironment } from "./cloud/stack";
import { Problem, type Ran, run } from "./console";
import { engineEnvironment } from "./engine";
import type { MachineArgs } from "./machine";
import { acmeDirectory, dockerRepository } from "./services";
import { address, checkout, domain, home, inHome, machineUser, sandboxName } from "./settings";

/** Name of the sandbox's stack. */
export const stack = sandboxName.replace(/^snikket-/, "");

export const pulumiHome = path.join(home, "pulumi-home");

/** What `pulumi` needs to work on the sandbox and on nothing else. */
export function stackEnvironment(): Record<string, string> {
  return {
    ...engineEnvironment(pulumiHome),
    // A file beside the state that is written before it, and half of which nobody can read, is left out.
    PULUMI_BACKEND_URL: `file://${path.join(home, "state")}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: path.join(home, "passphrase"),
    PULUMI_STACK: stack,
    ...(existsSync(path.join(home, "cloud")) ? cloudEnvironment() : {}),
  };
}

/** Runs `pulumi` on the stack. */
const pulumi = (engine: string, args: string[], input?: string): Promise<Ran> =>
  run(engine, args, { cwd: checkout, env: { ...process.env, ...stackEnvironment() }, input });

/** Its configuration. */
export const stackFile = path.join(checkout, "stacks", `Pulumi.${stack}.yaml`);

/** A stack's configuration. */
export interface StackFile {
  /** As YAML. */
  text: string;
  secrets: Record<string, string>;
}

/** Writes the stack's configuration, as a person would with an editor and `pulumi config set --secret`. */
export async function writeStack(engine: string, { text, secrets }: StackFile): Promise<void> {
  const digest = createHash("sha256").update(text);
  for (const secret of Object.values(secrets)) digest.update(secret);
  const now = digest.digest("hex");
  const written = inHome("stack-digest");
  if (existsSync(stackFile) && existsSync(written) && readFileSync(written, "utf8") === now) return;
  rmSync(written, { force: true });
  mkdirSync(path.join(home, "state"), { recursive: true });
  if (!existsSync(inHome("passphrase"))) {
    writeFileSync(inHome("passphrase"), randomBytes(24).toString("hex"), { mode: 0o600 });
  }
  await pulumi(engine, ["stack", "select", "--create", "--secrets-provider", "passphrase", stack]);
  const [salt = ""] = /^encryptionsalt:.*\n/m.exec(readFileSync(stackFile, "utf8")) ?? [];
  writeFileSync(stackFile, `${salt}${text}`);
  for (const [key, value] of Object.entries(secrets)) {
    await pulumi(engine, ["config", "set", "--secret", key], value);
  }
  writeFileSync(written, now);
}

/** A stack on the machine that is there. */
export function existingStack({ ip, key, hostKey }: MachineArgs): StackFile {
  const own = { address: ip, user: machineUser, hostKey: hostKey.public.trim() };
  const host = { provider: "existing", ...own };
  const { adminEmail, ...more } = settings();
  const values = Object.entries({ domain, adminEmail, host, dns: { provider: "manual" }, ...more });
  const lines = values.map(([key, value]) => `  snikket:${key}: ${JSON.stringify(value)}\n`);
  return { text: `config:\n${lines.join("")}`, secrets: { "snikket:sshPrivateKey": key.private } };
}

/** What every stack in the sandbox needs: its authority, its name server, its packages. */
export function settings() {
  const keyFingerprint = readFileSync(inHome("docker-key-fingerprint"), "utf8").trim();
  const rootCertificate = readFileSync(inHome("acme-root.pem"), "utf8");
  return {
    adminEmail: "admin@family.example",
    acme: { server: "custom", directory: acmeDirectory, rootCertificate },
    nameservers: [address("dns")],
    docker: { source: "docker", repository: { url: dockerRepository, keyFingerprint } },
  };
}

let foreground: ChildProcess | undefined;

/** The engine at work: it ends its update properly before anything else ends. */
export const updating = (): ChildProcess | undefined => foreground;

/** Runs `pulumi up` of the unchanged program. */
export async function deploy(engine: string): Promise<void> {
  const env = { ...process.env, ...stackEnvironment() };
  await unlock(engine);
  const code = await new Promise<number>((resolve, reject) => {
    const args = ["up", "--yes", "--skip-preview", "--stack", stack];
    foreground = spawn(engine, args, { cwd: checkout, env, stdio: "inherit" });
    foreground.on("error", reject).on("close", (code) => resolve(code ?? 1));
  });
  foreground = undefined;
  if (code !== 0) {
    throw new Problem(
      'pulumi up ended with an error; its last lines say why. The sandbox stays as it is: run the same again to go on, "npm run sandbox -- logs" to look.',
    );
  }
}

/** An update that was cut off leaves its lock; nobody else works on this sandbox. */
async function unlock(engine: string): Promise<void> {
  const locks = path.join(home, "state", ".pulumi", "locks");
  const left = existsSync(locks) ? readdirSync(locks, { recursive: true }).map(String) : [];
  const isLocked = left.some((name) => name.endsWith(".json"));
  if (isLocked) await pulumi(engine, ["cancel", "--yes", "--stack", stack]);
}

/** The stack's outputs, the secret ones in plain text. */
export async function outputs(engine: string): Promise<Record<string, string>> {
  const args = ["stack", "output", "--json", "--show-secrets", "--stack", stack];
  return JSON.parse((await pulumi(engine, args)).stdout);
}

/** The stack's state, the secret parts in plain text. */
export async function exported(engine: string) {
  const args = ["stack", "export", "--show-secrets", "--stack", stack];
  const { deployment } = JSON.parse((await pulumi(engine, args)).stdout);
  return deployment.resources as { urn: string; outputs?: Record<string, unknown> }[];
}

/** Removes the stack's file and its state. */
export function forgetStack(): void {
  for (const name of ["state", "stack-digest"])
    rmSync(path.join(home, name), { recursive: true, force: true });
  rmSync(stackFile, { force: true });
}
