import * as path from "node:path";
import type { remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { reachHook } from "../remote/reach";
import { runScript } from "../remote/run-script";
import type { Host } from "./host";

export interface PrepareArgs {
  host: Pick<Host, "connection" | "machineId">;
  /** When the machine may restart for updates: `HH:MM`, or `never`. */
  rebootAt: string;
  /** How long it may take to answer for the first time, in seconds. */
  patience: number;
}

/** The first step on any machine: it must be reached, then made fit. */
export function prepare(
  name: string,
  { host, rebootAt, patience }: PrepareArgs,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  const reach = reachHook(`${name}-reach`, host.connection, patience);
  return runScript(
    `${name}-prepare`,
    { host, script: path.join(__dirname, "prepare.sh"), env: { REBOOT_AT: rebootAt } },
    { ...opts, hooks: { beforeCreate: [reach], beforeUpdate: [reach] } },
  );
}
