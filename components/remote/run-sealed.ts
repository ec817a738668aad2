import * as pulumi from "@pulumi/pulumi";
import { type RunScriptArgs, runScript } from "./run-script";
import { sealFunctions, sealKey, unseal } from "./sealed";

/** What a script with a secret result left. */
export interface SealedRun {
  /** Another one after each run. */
  stamp: pulumi.Output<string>;
  /** What it gave to `seal`; secret, and empty where that does not open. */
  result: pulumi.Output<string>;
}

/** Runs a script as `runScript` does, whose result is secret: it passes it through `seal`. */
export function runSealed(
  name: string,
  { functions = [], ...args }: RunScriptArgs,
  opts: pulumi.CustomResourceOptions,
): SealedRun {
  const key = args.host.connection.apply(sealKey);
  const { stdout } = runScript(
    name,
    {
      ...args,
      functions: [sealFunctions, ...functions],
      secretFiles: { ...args.secretFiles, "seal.key": key },
    },
    { ...opts, additionalSecretOutputs: ["stdout"] },
  );
  const result = pulumi.all([stdout, key]).apply((both) => unseal(...both) ?? "");
  return { stamp: stdout, result };
}
