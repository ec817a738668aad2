/** Oracle Cloud in the sandbox: what it adds to what it is asked for, and what it refuses. */
import { converge } from "../../cloud/converge";
import { freePublicAddress } from "../../cloud/router";
import { freeAddress } from "../../cloud/world";
import { account, subnet6 } from "../../settings";
import type { Invoke, Step } from "../frame";
import { type Cloud, failing, kept, kindOf, newId, texts } from "../kept";
import { mapValues, type Properties } from "../model";
import { every, type Resource, resources } from "../store";
import * as model from "./model";
import { type Instance, oracleWorld } from "./world";

/** What is more to say of a resource than its id and that it is there. */
const outputs: Record<string, Cloud["outputs"]> = {
  Vcn: ({ config, inputs, state }) => ({
    defaultSecurityListId: state.defaultSecurityListId ?? ocid("securitylist", config),
    ipv6cidrBlocks: inputs.isIpv6enabled ? [subnet6.replace("/64", "/56")] : [],
  }),
  DefaultSecurityList: ({ inputs }) => ({ id: inputs.manageDefaultResourceId }),
  PrivateIp: ({ inputs, state }, all) => ({
    ipAddress: inputs.ipAddress ?? state.ipAddress ?? freePrivate(all, inputs.subnetId),
  }),
  Ipv6: ({ inputs, state }, all) => ({
    ipAddress: state.ipAddress ?? freePrivate(all, inputs.subnetId, "ipv6cidrBlock"),
  }),
  PublicIp: ({ state }, all) => ({
    ipAddress:
      state.ipAddress ?? freePublicAddress(every(all, "PublicIp").map((ip) => ip.ipAddress)),
  }),
  Instance: ({ config, inputs, state }, all) => {
    const { privateIpId, subnetId } = inputs.createVnicDetails as Instance["createVnicDetails"];
    const reserved = every(all, "PrivateIp").find(({ id }) => id === privateIpId)?.ipAddress;
    return {
      bootVolumeId: state.bootVolumeId ?? ocid("bootvolume", config),
      privateIp: reserved ?? state.privateIp ?? freePrivate(all, subnetId),
      state: inputs.state ?? "RUNNING",
    };
  },
  VolumeAttachment: () => ({ state: "ATTACHED" }),
  ComputeCapacityReport: ({ inputs }) => ({
    shapeAvailabilities: (inputs.shapeAvailabilities as Properties[]).map((shape) => ({
      ...shape,
      availabilityStatus: failing(`room in ${inputs.availabilityDomain}`) ?? "AVAILABLE",
    })),
  }),
};

const ocid = (kind: string, config: Properties) =>
  `ocid1.${kind.toLowerCase()}.oc1.${config["oci:config:region"] ?? ""}.${newId()}`;

/** The lowest two are the network's. */
const freePrivate = (all: Resource[], subnetId: unknown, family = "cidrBlock") => {
  const block = every(all, "Subnet").find(({ id }) => id === subnetId)?.[family];
  if (!block) throw new Error(`400-InvalidParameter, Subnet ${subnetId} has no ${family}.`);
  const others = ["PrivateIp", "Ipv6", "Instance"].flatMap((kind) => every(all, kind));
  const taken = others.map(({ ipAddress, privateIp }) => ipAddress ?? privateIp);
  return freeAddress(block, 10, taken);
};

const notFound =
  "404-NotAuthorizedOrNotFound, Authorization failed or requested resource not found.";

/** Kinds that are kept here, as their OCIDs have them. */
const own = new RegExp(
  `^ocid1\\.(${Object.keys(model.models)
    .map((type) => type.split(":").at(-1)?.toLowerCase())
    .join("|")})\\.`,
);

function refusal(step: Step, all: Resource[]): string | undefined {
  const { compartmentId = account.compartmentId } = step.inputs;
  const isThere = (id: string) => resources("oci").some((resource) => resource.id === id);
  const unknown = texts(step.inputs).find((text) => own.test(text) && !isThere(text));
  if (compartmentId !== account.compartmentId || unknown) return notFound;
  const taken = conflict(step, all);
  if (taken) return `409-Conflict, ${taken}`;
  const limit = exceeded(step, all);
  return limit && `400-LimitExceeded, The following service limits were exceeded: ${limit}.`;
}

function conflict(step: Step, all: Resource[]): string | undefined {
  const { privateIpId, volumeId } = step.inputs;
  const same = (name: string, value: unknown) =>
    every(all, kindOf(step)).some((other) => value !== undefined && other[name] === value);
  if (kindOf(step) === "PublicIp" && same("privateIpId", privateIpId))
    return `The private IP ${privateIpId} already has a public IP assigned to it.`;
  if (kindOf(step) === "VolumeAttachment" && same("volumeId", volumeId))
    return `Volume ${volumeId} is currently attached to an instance.`;
  return undefined;
}

/** What a free account has. Source: Oracle's documentation of Always Free resources. */
const limits = {
  "standard-a1-core-count": 2,
  "standard-a1-memory-count": 12,
  "vm-standard-e2-1-micro-count": 2,
  "total-storage-gb": 200,
};

function exceeded(step: Step, all: Resource[]): string | undefined {
  if (!["Instance", "Volume"].includes(kindOf(step))) return undefined;
  const asked = [...all, { ...step, outputs: step.inputs }];
  const instances = every<Instance>(asked, "Instance");
  const volumes = every(asked, "Volume").map(({ sizeInGbs }) => Number(sizeInGbs));
  const sum = (numbers: (number | undefined)[]) =>
    numbers.reduce<number>((total, number) => total + (number ?? 0), 0);
  const used = {
    "standard-a1-core-count": sum(instances.map(({ shapeConfig }) => shapeConfig?.ocpus)),
    "standard-a1-memory-count": sum(instances.map(({ shapeConfig }) => shapeConfig?.memoryInGbs)),
    "vm-standard-e2-1-micro-count": instances.filter(({ shape }) => /E2\.1\.Micro$/.test(shape))
      .length,
    "total-storage-gb":
      sum(volumes) +
      sum(instances.map(({ sourceDetails }) => Number(sourceDetails.bootVolumeSizeInGbs ?? 50))),
  };
  const names = Object.keys(limits) as (keyof typeof limits)[];
  return names.find((name) => used[name] > limits[name]);
}

export default kept({
  plugin: "oci",
  types: Object.keys(model.models),
  refusal,
  stays: ({ id, type }, [by]) =>
    by && /:(Vcn|Subnet|Volume)$/.test(type) ? `409-Conflict, ${by.id} uses ${id}.` : undefined,
  outputs: (step, all) => ({
    id: step.id || ocid(kindOf(step), step.config),
    state: "AVAILABLE",
    ...outputs[kindOf(step)]?.(step, all),
  }),
  converge: () => converge(() => oracleWorld(resources("oci"))),
});

/** Nothing is told of a compartment that is not there. */
const telling =
  (answer: Invoke): Invoke =>
  (args, question) => {
    if ((args.compartmentId ?? args.tenancyId) !== account.compartmentId) throw new Error(notFound);
    return answer(args, question);
  };

export const invokes: Record<string, Invoke> = mapValues(model.invokes, telling);
