import * as core from "@pulumi/oci/core";
import { getAvailabilityDomains } from "@pulumi/oci/identity";
import * as pulumi from "@pulumi/pulumi";
import { answerTo, refusing } from "../../answer";
import { resolved } from "../../resolved";
import { capacity } from "./capacity";
import { dataLabel } from "./data";
import { explain } from "./explain";
import type { OracleWish } from "./free-tier";
import { configuredProblem, isThere, placeOf, roomProblem, type Survey } from "./place";

interface AvailabilityArgs extends Pick<OracleWish, "shape" | "ocpus" | "memoryGb"> {
  compartmentId: string;
  /** Of the machine; for what is said. */
  region: string;
  label: string;
  /** The availability domain, counted from 1. @default - the first with room */
  availabilityDomain?: number | undefined;
}

export interface Availability {
  domain: pulumi.Output<string>;
  /** The root of all compartments: the availability domains are its own. */
  tenancyId: pulumi.Output<string>;
  /** Refuses a machine for which there is no place. */
  hook: pulumi.ResourceHook;
  /** The machine's tags; by them is known that Oracle need not be asked again. */
  tags: Record<string, pulumi.Output<string>>;
}

const tag = "room-asked-for";

/** Finds the availability domain for the machine; a machine or a volume that is there decides it. */
export function availability(name: string, args: AvailabilityArgs, opts: Options): Availability {
  const { compartmentId, shape, availabilityDomain: configured } = args;
  const domains = answerTo(getAvailabilityDomains({ compartmentId }, opts), (said) =>
    explain(said, args),
  ).availabilityDomains;
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
  known.apply((known) => tellOfIgnored(known, opts.parent));
  const survey = pulumi
    .all([known, pulumi.all(reports)])
    .apply(([known, answers]): Survey => ({ ...known, room: Object.fromEntries(answers) }));
  const hook = refusal(`${name}-room`, known, survey);
  const tenancyId = domains.apply(([first]) => first?.compartmentId ?? compartmentId);
  return { domain: survey.apply(placeOf), tenancyId, hook, tags: { [tag]: asked } };
}

type Options = pulumi.CustomResourceOptions & pulumi.InvokeOptions;

/** What is there of this stack, whatever its state says. */
function existing(args: AvailabilityArgs, opts: Options) {
  const { compartmentId, label } = args;
  const asked = <T>(question: Promise<T>) => answerTo(question, (said) => explain(said, args));
  const machines = core.getInstances({ compartmentId, displayName: label }, opts);
  const volumes = core.getVolumes({ compartmentId, displayName: dataLabel(label) }, opts);
  return {
    machine: asked(machines).apply(({ instances }) => instances.find(isThere)),
    volume: asked(volumes).apply(({ volumes }) => volumes.find(isThere)),
  };
}

const idling =
  "Oracle stops the machines of free accounts that idle for a week (processor, network and, of an A1.Flex, memory below 20 %); pulumi up starts them again. It does not stop those of pay-as-you-go accounts, where what is free stays free.";

function tellOfIdling(state: string | undefined, resource: pulumi.Resource | undefined): void {
  if (state === undefined) pulumi.log.info(idling, resource);
  if (state === "STOPPED") pulumi.log.warn(`The machine is stopped. ${idling}`, resource);
}

function tellOfIgnored(known: Omit<Survey, "room">, resource: pulumi.Resource | undefined): void {
  const ignored = known.kept && configuredProblem(known);
  if (ignored) pulumi.log.warn(ignored, resource);
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
  return refusing(name, {
    whether: "Oracle has room for the machine",
    look: () => resolved(problem),
  });
}
