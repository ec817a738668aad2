import { existsSync, rmSync } from "node:fs";
import * as path from "node:path";
import { docker } from "../docker";
import { ensureImage } from "../images";
import type { MachineArgs } from "../machine";
import { removeNetwork } from "../network";
import { writeRecords } from "../records";
import { home, inHome, type Kind } from "../settings";
import { exported, outputs, pulumiHome } from "../stack";
import { googleWorld } from "../stand-ins/gcp/world";
import { oracleWorld } from "../stand-ins/oci/world";
import { resources } from "../stand-ins/store";
import { converge } from "./converge";
import { standingMachines } from "./machines";
import { cloud, ensureRouter, privateNetwork } from "./router";
import { ensureVolumes } from "./volumes";

export type CloudKind = Exclude<Kind, "existing">;

/** Which plugins a stack in a cloud needs. */
export const plugins = { oracle: "oci", google: "gcp" } as const;

const worlds = { oracle: oracleWorld, google: googleWorld };

/** Starts a cloud, and in it what its customers asked for before. */
export async function startCloud(kind: CloudKind, install: boolean): Promise<void> {
  process.env.PULUMI_HOME = pulumiHome;
  await ensureImage(`machine-${kind}`, install);
  await ensureRouter();
  const standing = resources(plugins[kind]);
  if (standing.length > 0) await converge(() => worlds[kind](standing));
}

/** Takes everything away that customers made, and the volumes' devices, which outlive containers. */
export async function emptyCloud(): Promise<void> {
  for (const { container } of await standingMachines())
    await docker(["rm", "--force", "--volumes", container]);
  const running = await docker(["inspect", "-f", "{{.State.Running}}", cloud], { mayFail: true });
  if (running.stdout.trim() === "true") await ensureVolumes([]);
  rmSync(path.join(pulumiHome, "cloud"), { recursive: true, force: true });
  rmSync(path.join(home, "cloud", "volumes"), { recursive: true, force: true });
  if (existsSync(inHome("records", "records.conf"))) writeRecords([]);
}

export const removePrivateNetwork = (): Promise<void> => removeNetwork(privateNetwork);

/** The machine of the stack: how its own keys let one in. */
export async function learnMachine(engine: string): Promise<MachineArgs & { id: string }> {
  const all = await exported(engine);
  const pair = (name: string) => {
    const found = all.find(({ urn }) => urn.endsWith(`PrivateKey::host-${name}`))?.outputs;
    return { private: plain(found?.privateKeyOpenssh), public: plain(found?.publicKeyOpenssh) };
  };
  const [machine] = await standingMachines();
  const { ipv4 = "" } = await outputs(engine);
  return {
    ...{ id: machine?.id ?? "", name: machine?.container ?? "" },
    ...{ ip: ipv4, user: "ubuntu" },
    ...{ key: pair("deploy-key"), hostKey: pair("host-key") },
  };
}

/** Secrets are marked, and written as JSON. */
const plain = (value: unknown): string =>
  typeof value === "object" && value !== null && "plaintext" in value
    ? JSON.parse(String(value.plaintext))
    : String(value);
