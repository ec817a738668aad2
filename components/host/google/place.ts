import { getMachineTypes, getZones } from "@pulumi/gcp/compute";
import type * as pulumi from "@pulumi/pulumi";
import { answerTo, inOurWords } from "../../answer";
import { nearest } from "../../near";
import { explain } from "./explain";
import { freeMachineType, type GoogleWish } from "./free-tier";
import { regionOf, zones } from "./regions";

interface GooglePlace extends Pick<GoogleWish, "zone" | "machineType"> {
  project: string;
}

/**
 * The project, when Google has said that it has the zone, and the machine type there: what is made waits for that. It
 * needs the permissions compute.zones.list and, for another machine than the free one, compute.machineTypes.list, and
 * ends the program where the project is not there, or may make no machines.
 */
export const projectWith = (
  place: GooglePlace,
  opts: pulumi.InvokeOptions,
): pulumi.Output<string> =>
  answerTo(
    look(place, opts).then(() => place.project),
    explain,
  );

async function look(place: GooglePlace, opts: pulumi.InvokeOptions): Promise<void> {
  const { project, zone, machineType } = place;
  const { names } = await getZones({ project, region: regionOf(zone) }, opts);
  refuse(zoneProblem(zone, names));
  // Sizes of one's own are in no list.
  if (machineType === freeMachineType || /(^|-)custom-/.test(machineType)) return;
  const { machineTypes } = await getMachineTypes({ project, zone }, opts);
  const there = machineTypes.map(({ name }) => name);
  refuse(machineTypeProblem(place, there));
}

function refuse(problem: string | undefined): void {
  if (problem) throw inOurWords(problem);
}

/**
 * What is wrong with a zone, and what else there is.
 * @param there all zones of its region; none where that is not there
 */
export function zoneProblem(zone: string, there: string[]): string | undefined {
  if (there.includes(zone)) return undefined;
  const elsewhere = zones.filter((other) => regionOf(other) !== regionOf(zone));
  const near = there.length ? there : nearest(zone, elsewhere);
  return `snikket:host.zone is ${zone}, which Google does not have for this project. ${insteadOf(near)}; gcloud compute zones list shows them all.`;
}

/**
 * What is wrong with a machine type, and what else there is.
 * @param there all of its zone; none where nobody knows them, as in a plan
 */
export function machineTypeProblem(
  { machineType, zone }: Pick<GooglePlace, "machineType" | "zone">,
  there: string[],
): string | undefined {
  if (!there.length || there.includes(machineType)) return undefined;
  const near = insteadOf(nearest(machineType, there));
  return `snikket:host.machineType is ${machineType}, which Google does not have in ${zone}. ${near}; gcloud compute machine-types list --zones ${zone} shows them all.`;
}

const insteadOf = (near: string[]): string =>
  near.length ? `Near it: ${near.join(", ")}` : "It has others";
