import { getZones } from "@pulumi/gcp/compute";
import type * as pulumi from "@pulumi/pulumi";
import { answerTo, inOurWords } from "../../answer";
import { nearest } from "../../near";
import { explain } from "./explain";
import type { GoogleWish } from "./free-tier";
import { regionOf, zones } from "./regions";

export interface GooglePlace extends Pick<GoogleWish, "zone"> {
  project: string;
}

/**
 * The project, when Google has said that it has the zone: what is made there waits for that. It needs the permission
 * compute.zones.list, and ends the program where the project is not there, or may make no machines.
 */
export function projectWith(
  { project, zone }: GooglePlace,
  opts: pulumi.InvokeOptions,
): pulumi.Output<string> {
  const answer = getZones({ project, region: regionOf(zone) }, opts);
  const looked = answer.then(({ names }) => {
    const problem = zoneProblem(zone, names);
    if (problem) throw inOurWords(problem);
    return project;
  });
  return answerTo(looked, explain);
}

/**
 * What is wrong with a zone, and what else there is.
 * @param there all zones of its region; none where that is not there
 */
export function zoneProblem(zone: string, there: string[]): string | undefined {
  if (there.includes(zone)) return undefined;
  const elsewhere = zones.filter((other) => regionOf(other) !== regionOf(zone));
  const near = there.length ? there : nearest(zone, elsewhere);
  const remedy = near.length ? `Near it: ${near.join(", ")}` : "It has others";
  return `snikket:host.zone is ${zone}, which Google does not have for this project. ${remedy}; gcloud compute zones list shows them all.`;
}
