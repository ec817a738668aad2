/** Google Cloud in the sandbox: what it adds to what it is asked for, and what it refuses. */
import { randomInt } from "node:crypto";
import { converge } from "../../cloud/converge";
import { freePublicAddress } from "../../cloud/router";
import { freeAddress } from "../../cloud/world";
import { account } from "../../settings";
import type { Step } from "../frame";
import { type Cloud, kept, kindOf, texts } from "../kept";
import { every, isNamed, type Resource, resources } from "../store";
import { models } from "./model";
import { googleWorld, type Instance } from "./world";

/** Where resources of a kind are found in a project. */
const places: Record<string, string> = {
  Network: "global/networks",
  Firewall: "global/firewalls",
  Subnetwork: "regions/{region}/subnetworks",
  Address: "regions/{region}/addresses",
  Disk: "zones/{zone}/disks",
  Instance: "zones/{zone}/instances",
};

function idOf(step: Step): string {
  const { project, name, ...where } = step.inputs;
  const place = places[kindOf(step)]?.replace(/\{(\w+)\}/, (_, key) => String(where[key]));
  return `projects/${project}/${place}/${name}`;
}

const outputs: Record<string, Cloud["outputs"]> = {
  Address: ({ state }, all) => ({
    address: state.address ?? freePublicAddress(every(all, "Address").map((one) => one.address)),
  }),
  Instance: ({ inputs, state }, all) => ({
    instanceId: state.instanceId ?? String(randomInt(2 ** 47)),
    privateIp: state.privateIp ?? freePrivate(all, inputs as Instance),
    currentStatus: inputs.desiredStatus ?? "RUNNING",
  }),
};

function freePrivate(all: Resource[], { networkInterfaces: [own] }: Instance): string {
  const subnet = every(all, "Subnetwork").find(({ id }) => isNamed(id, own?.subnetwork));
  const taken = every<Instance>(all, "Instance").map(({ privateIp }) => privateIp);
  return freeAddress(subnet?.ipCidrRange ?? "", 2, taken);
}

const api = "https://www.googleapis.com/compute/v1/";

function refusal(step: Step, all: Resource[]): string | undefined {
  const { project = account.project } = step.inputs;
  if (project !== account.project)
    return `googleapi: Error 403: Permission denied on resource project ${project}., forbidden`;
  const id = idOf(step);
  if (!step.id && all.some((other) => other.id === id))
    return `googleapi: Error 409: The resource '${id}' already exists, alreadyExists`;
  const named = texts(step.inputs).filter((text) =>
    text.replace(api, "").startsWith(`projects/${account.project}/`),
  );
  const unknown = named.find((text) => !all.some((other) => isNamed(other.id, text)));
  if (unknown) return `googleapi: Error 404: The resource '${unknown}' was not found, notFound`;
  return exceeded(step, all);
}

/** How many of a kind a project has at first, in a region if it is of one. Source: cloud.google.com/compute/resource-usage. */
const quotas: Record<string, [name: string, limit: number]> = {
  Network: ["NETWORKS", 5],
  Firewall: ["FIREWALLS", 100],
  Address: ["STATIC_ADDRESSES", 8],
};

function exceeded(step: Step, all: Resource[]): string | undefined {
  const { region } = step.inputs;
  const [quota, limit] = quotas[kindOf(step)] ?? ["", Infinity];
  if (every(all, kindOf(step)).filter((one) => one.region === region).length < limit) return;
  const where = region ? `in region ${region}` : "globally";
  return `googleapi: Error 403: Quota '${quota}' exceeded.  Limit: ${limit}.0 ${where}., quotaExceeded`;
}

function stays({ id, inputs }: Step, [by]: Resource[]): string | undefined {
  if (by)
    return `googleapi: Error 400: The resource '${id}' is already being used by '${by.id}', resourceInUseByAnotherResource`;
  return inputs.deletionProtection
    ? `Cannot delete instance ${inputs.name}: instance Deletion Protection is enabled. Set deletion_protection to false for this resource and run "terraform apply" before attempting to delete it.`
    : undefined;
}

export default kept({
  plugin: "gcp",
  types: Object.keys(models),
  refusal,
  stays,
  outputs: (step, all) => {
    const id = idOf(step);
    return { id, selfLink: `${api}${id}`, ...outputs[kindOf(step)]?.(step, all) };
  },
  converge: () => converge(() => googleWorld(resources("gcp"))),
});
