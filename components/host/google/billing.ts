import * as pulumi from "@pulumi/pulumi";
import { free, freeMachineType, type GoogleWish } from "./free-tier";

/** Warns of what a new machine may cost: Google tells nobody what else runs under a billing account. */
export const billingHook = (name: string, { allowPaid }: GoogleWish): pulumi.ResourceHook =>
  new pulumi.ResourceHook(
    name,
    async () => {
      if (allowPaid) return;
      pulumi.log.warn(
        `One ${freeMachineType} and ${free.diskGb} GB of disk are free for each billing account at Google, in all its projects together. Other machines there were not counted: if there is one already, this one costs money.`,
      );
    },
    { onDryRun: true },
  );
