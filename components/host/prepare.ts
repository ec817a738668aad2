import * as path from "node:path";
import type { remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { type ReachableHost, runScript } from "../remote/run-script";

/** Functions for scripts that install packages. */
export const aptFunctions = path.join(__dirname, "apt.sh");

export interface PrepareArgs {
  host: ReachableHost;
  /** When the machine may restart for updates: `HH:MM`, or `never`. */
  rebootAt: string;
}

/** The first step on any machine: makes it fit. */
export function prepare(
  name: string,
  { host, rebootAt }: PrepareArgs,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  return runScript(
    `${name}-prepare`,
    {
      host,
      functions: [aptFunctions, path.join(__dirname, "checks.sh")],
      script: path.join(__dirname, "prepare.sh"),
      env: { REBOOT_AT: rebootAt },
    },
    opts,
  );
}
