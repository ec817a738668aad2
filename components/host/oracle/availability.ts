import * as core from "@pulumi/oci/core";
import { getAvailabilityDomainsOutput } from "@pulumi/oci/identity";
import * as pulumi from "@pulumi/pulumi";
import { capacity } from "./capacity";
import { dataLabel } from "./data";
import type { OracleWish } from "./free-tier";
import { configuredProblem, isThere, placeOf, roomProblem, type Survey } from "./place";

export interface AvailabilityArgs extends Pick<OracleWish, "shape" | "ocpus" | "memoryGb"> {
  compartmentId: string;
  label: string;
  /** The availability domain, counted from 1. @default - the first with room */
  availabilityDomain?: number | undefined;
}

export interface Availability {
  domain: pulumi.Output<string>;
  /** Refuses a machine for which there is no place. */
  hook: pulumi.ResourceHook;
  /** The machine's tags; by them is known that Oracle need not be asked again. */
  tags: Record<string, pulumi.Output<string>>;
}

const tag = "room-asked-for";

/** Finds the availability domain for the machine; a machine or a volume that is there decides it. */
export function availability(name: string, args: AvailabilityArgs, opts: Options): Availability {
  const { compartmentId, shape, availabilityDomain: configured } = args;
  const domains = getAvailabilityDomainsOutput({ compartmentId }, opts).availabilityDomains;
  const { machine, volume } = existing(args, opts);
  const asked = machine.apply((is) => (is ? (is.freeformTags?.[tag] ?? "") : now()));
  const reports = configured === undefined ? capacity(name, args, domains, asked, opts) : [];
  machine.apply((is) => tellOfIdling(is?.state, opts.parent));

  const known = pulumi.all([domains, machine, volume]).apply(([domains, machine, volume]) => ({
    shape,
    domains: domains.map(({ name }) => name),
    kept: (volume ?? machine)?.availabilityDomain,
    configured,
  }));
  known.apply((known) => {
    const ignored = known.kept && configuredProblem(known);
    if (ignored) pulumi.log.warn(ignored, opts.parent);
  });
  const survey = pulumi
    .all([known, pulumi.all(reports)])
    .apply(([known, answers]): Survey => ({ ...known, room: Object.fromEntries(answers) }));
  const hook = refusal(`${name}-room`, known, survey);
  return { domain: survey.apply(placeOf), hook, tags: { [tag]: asked } };
}

type Options = pulumi.CustomResourceOptions & pulumi.InvokeOutputOptions;

/** What is there of this stack, whatever its state says. */
const existing = ({ compartmentId, label }: AvailabilityArgs, opts: Options) => ({
  machine: core
    .getInstancesOutput({ compartmentId, displayName: label }, opts)
    .instances.apply((all) => all.find(isThere)),
  volume: core
    .getVolumesOutput({ compartmentId, displayName: dataLabel(label) }, opts)
    .volumes.apply((all) => all.find(isThere)),
});

const idling =
  "Oracle stops the machines of free accounts that idle for a week (processor, network and, of an A1.Flex, memory below 20 %); pulumi up starts them again. It does not stop those of pay-as-you-go accounts, where what is free stays free.";

function tellOfIdling(state: string | undefined, resource: pulumi.Resource | undefined): void {
  if (state === undefined) pulumi.log.info(idling, resource);
  if (state === "STOPPED") pulumi.log.warn(`The machine is stopped. ${idling}`, resource);
}

/** A plan is the same at any time. */
const now = (): string => (pulumi.runtime.isDryRun() ? "now" : new Date().toISOString());

/** A preview knows everything but the answers. */
function refusal(
  name: string,
  known: pulumi.Output<Omit<Survey, "room">>,
  survey: pulumi.Output<Survey>,
): pulumi.ResourceHook {
  const problem = pulumi.runtime.isDryRun()
    ? known.apply(configuredProblem)
    : survey.apply((survey) => configuredProblem(survey) ?? roomProblem(survey));
  return new pulumi.ResourceHook(
    name,
    async () => {
      const text = await resolved(problem);
      if (text) throw new Error(text);
    },
    { onDryRun: true },
  );
}

const resolved = <T>(output: pulumi.Output<T>) =>
  new Promise<T>((resolve) => output.apply((value) => resolve(value as T)));
