import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { PlannedState } from "./state";

export const root = path.join(__dirname, "../..");

/** The passphrase of a temporary stack, and what the engine makes of it; there is no secret behind them. */
const passphrase = "plan";
export const salt = "v1:cLpJYiXx228=:v1:XtelvTmR++1fbbto:R03Vih4/A6q7EupLKl15iF900Xe7GA==";

/** Folders of one plan: a project, a stack and its state, and the engine's own; the program is the checkout's. */
interface Workspace {
  project: string;
  backend: string;
  /** PULUMI_HOME. */
  home: string;
  /** Where the program's user would be at home. */
  person: string;
}

/** Made anew for each plan, and gone with this process: nobody else's files are touched. */
export function makeWorkspace(): Workspace {
  const folder = mkdtempSync(path.join(tmpdir(), "snikket-plan-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }));
  const make = (name: string): string => {
    mkdirSync(path.join(folder, name));
    return path.join(folder, name);
  };
  return {
    project: make("project"),
    backend: make("backend"),
    home: make("home"),
    person: make("person"),
  };
}

/** @param stackFile text of the stack's file, fit for a plan */
export function writeProject({ project }: Workspace, stack: string, stackFile: string): void {
  copyFileSync(path.join(root, "Pulumi.yaml"), path.join(project, "Pulumi.yaml"));
  symlinkSync(path.join(root, "infra"), path.join(project, "infra"));
  mkdirSync(path.join(project, "stacks"));
  writeFileSync(path.join(project, `stacks/Pulumi.${stack}.yaml`), stackFile);
}

/** As the file backend keeps a stack: the engine would take a second to make one. */
export function writeState({ backend, home }: Workspace, stack: string, state?: PlannedState) {
  const stacks = path.join(backend, ".pulumi/stacks/snikket");
  mkdirSync(stacks, { recursive: true });
  writeFileSync(path.join(backend, ".pulumi/meta.yaml"), "version: 1\n");
  const latest = state && { latest: state.deployment };
  const checkpoint = { stack: `organization/snikket/${stack}`, ...latest };
  writeFileSync(path.join(stacks, `${stack}.json`), JSON.stringify({ version: 3, checkpoint }));
  writeFileSync(path.join(home, "known-resources.json"), JSON.stringify(state?.known ?? []));
}

/** Credentials that let the program begin; nobody is shown them. */
const placeholders = {
  OCI_AUTH: "ApiKey",
  OCI_TENANCY_OCID: "ocid1.tenancy.oc1..placeholder",
  OCI_USER_OCID: "ocid1.user.oc1..placeholder",
  GOOGLE_OAUTH_ACCESS_TOKEN: "placeholder",
  CLOUDFLARE_API_TOKEN: "placeholder",
};

/** All that the engine and the program see: nothing of the person's own but where programs are. */
export const environment = ({ backend, person }: Workspace): Record<string, string> => ({
  HOME: person,
  PATH: process.env.PATH ?? "",
  PULUMI_BACKEND_URL: `file://${backend}`,
  PULUMI_CONFIG_PASSPHRASE: passphrase,
  // Nobody's machine is looked at.
  SNIKKET_OFFLINE: "1",
  // The SDK notes for each promise where it was made: with a whole stack each, that takes half a second.
  NODE_OPTIONS: "--stack-trace-limit=1",
  ...placeholders,
});
