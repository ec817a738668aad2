import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Connection, Host } from "../host/host";
import type { Reach } from "./reach";
import { asRoot, exportVariable, stageFile } from "./shell";

/** What of a host is needed to run something on it. */
export type ReachableHost = Pick<Host, "connection" | "machineId"> & { reach: Pick<Reach, "hook"> };

export interface RunScriptArgs {
  host: ReachableHost;
  /** Absolute path of the script. */
  script: string;
  /** Absolute paths of files with functions that the script uses. */
  functions?: string[];
  /** Variables the script reads; never secrets. */
  env?: Record<string, pulumi.Input<string>>;
  /** Files the script finds in `$FILES`, by name. */
  files?: Record<string, pulumi.Input<string>>;
  /** As `files`, for contents nobody may see; the only way a secret travels. */
  secretFiles?: Record<string, pulumi.Input<string>>;
  /** Why it has to run though nothing of this changed, in a few plain words that no other time has. @default it has not */
  again?: Promise<string | undefined> | undefined;
}

/** Functions for scripts that install packages. */
export const aptFunctions = path.join(__dirname, "apt.sh");

/** Functions for scripts that need ports which others may have. */
export const portFunctions = path.join(__dirname, "ports.sh");

const prelude = ["prelude.sh", "waits.sh"]
  .map((file) => readFileSync(path.join(__dirname, file), "utf8"))
  .join("");

/**
 * Runs a script as root on a machine, and again whenever the script, its variables, its files or the machine
 * change; scripts must be safe to repeat. `stdout` is what the script printed to file descriptor 3.
 *
 * All of it travels in standard input: nothing secret is in a command line, and the provider's error messages,
 * which repeat the command, stay short. The hash behind the command makes a changed script visible in a plan.
 */
export function runScript(
  name: string,
  { host, script, functions = [], env = {}, files = {}, secretFiles = {}, again }: RunScriptArgs,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  const body = [...functions, script].map((file) => readFileSync(file, "utf8")).join("");
  const open = pulumi.all([env, files]);
  const user = pulumi.unsecret(host.connection).apply((connection) => connection.user);
  return new remote.Command(
    name,
    {
      connection: host.connection,
      create: pulumi
        .all([user, open])
        .apply(([user, [env, files]]) => command(user, hash([prelude, body, env, files]))),
      stdin: pulumi
        .all([open, pulumi.secret(secretFiles)])
        .apply(([[env, files], secrets]) => compose(body, env, { ...files, ...secrets })),
      triggers: [host.machineId],
      addPreviousOutputInEnv: false,
      logging: remote.Logging.Stderr,
    },
    { ...opts, ...howItRuns(host.reach.hook, again) },
  );
}

const howItRuns = (
  reach: pulumi.ResourceHook,
  again?: Promise<string | undefined>,
): pulumi.CustomResourceOptions => ({
  hooks: { beforeCreate: [reach], beforeUpdate: [reach] },
  // Set only where something runs over again; to have been is no change.
  ignoreChanges: ["update"],
  transforms: again ? [runOverAgain(again)] : [],
});

/** It stays in the state, whoever logs in later. */
const byAnyUser = "sh -c 'if test $(id -u) = 0; then exec bash -s; else exec sudo -n bash -s; fi'";

/** As an `update` of its own. */
const runOverAgain =
  (again: Promise<string | undefined>): pulumi.ResourceTransform =>
  async ({ props, opts }) => {
    const reason = await again;
    if (!reason) return undefined;
    const update = `${byAnyUser} # ${reason}; ${ifCut}`;
    return { props: { ...props, update }, opts: { ...opts, ignoreChanges: [] } };
  };

/** The provider's message repeats the command, and of a torn line says nothing that helps. */
const ifCut = "where no ERROR follows, the line was cut: run pulumi up again";

const command = (user: Connection["user"], digest: string): string =>
  `${asRoot(user)}bash -s # ${digest}; ${ifCut}`;

const hash = (parts: unknown[]): string =>
  createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);

/** What is sent: prelude, variables, files, script. In braces, so that nothing runs before all of it has arrived. */
export function compose(
  body: string,
  env: Record<string, string>,
  files: Record<string, string>,
): string {
  return [
    "{\n",
    prelude,
    ...Object.entries(env).map(([name, value]) => exportVariable(name, value)),
    ...Object.entries(files).map(([name, content]) => stageFile(name, content)),
    body,
    "}\n",
  ].join("");
}
