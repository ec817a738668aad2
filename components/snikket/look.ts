import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { VerifyRequest } from "./probes/request";

/** What is to be seen from outside, and the stamps of the runs that make another look necessary. */
export interface LookArgs {
  request: pulumi.Input<VerifyRequest>;
  stamps: pulumi.Input<string>[];
}

/**
 * Looks at the server from the operator's side, exactly when one of the stamps is new.
 * The path is relative to the program, so that another checkout is no change.
 */
export function lookFromOutside(
  name: string,
  { request, stamps }: LookArgs,
  opts: pulumi.CustomResourceOptions,
): local.Command {
  return new local.Command(
    name,
    {
      create: "node --require ts-node/register ../components/snikket/verify.ts",
      stdin: pulumi
        .all([request, stamps])
        .apply(([request, stamps]) => JSON.stringify({ ...request, stamps })),
      addPreviousOutputInEnv: false,
      logging: local.Logging.Stdout,
    },
    opts,
  );
}
