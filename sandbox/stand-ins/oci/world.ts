/** What Oracle's resources mean for the world. Pure. */
import type { Machine, Rule, World } from "../../cloud/world";
import type { Properties } from "../model";
import { every, type Named, type Resource } from "../store";

/** What of an instance matters here. Source, as for all below: the SDK's own types. */
export interface Instance extends Properties {
  id: string;
  displayName: string;
  state: string;
  shape: string;
  shapeConfig?: { ocpus: number; memoryInGbs: number };
  sourceDetails: { bootVolumeSizeInGbs?: string };
  createVnicDetails: { subnetId: string; nsgIds?: string[]; privateIpId?: string };
  metadata?: { user_data?: string; ssh_authorized_keys?: string };
  instanceOptions?: { areLegacyImdsEndpointsDisabled?: boolean };
}

interface SecurityRule extends Properties {
  protocol: string;
  source?: string;
  destination?: string;
  tcpOptions?: Ports;
  udpOptions?: Ports;
  icmpOptions?: { type: number; code?: number };
}

/** Of a rule in a group; lists have them without the range's name. */
interface Ports {
  min?: number;
  max?: number;
  destinationPortRange?: { min: number; max: number };
}

interface List {
  id: string;
  ingressSecurityRules: SecurityRule[];
  egressSecurityRules: SecurityRule[];
}

const find = <T extends { id: string } = Named>(all: Resource[], kind: string, id: unknown) =>
  every<T>(all, kind).find((resource) => resource.id === id);

export const oracleWorld = (all: Resource[]): World => ({
  subnet: every(all, "Subnet")[0]?.cidrBlock,
  machines: every<Instance>(all, "Instance").map((instance) => machine(instance, all)),
  volumes: every(all, "Volume").map(({ id, sizeInGbs }) => ({ id, gb: Number(sizeInGbs) })),
});

function machine(instance: Instance, all: Resource[]): Machine {
  const { id, createVnicDetails, metadata = {} } = instance;
  const { subnetId, privateIpId } = createVnicDetails;
  const own = find(all, "PrivateIp", privateIpId);
  const bound = every(all, "PublicIp").find((ip) => own && ip.privateIpId === own.id);
  const six = every(all, "Ipv6").find((ip) => JSON.stringify(createVnicDetails).includes(ip.id));
  const attachments = every(all, "VolumeAttachment").filter((one) => one.instanceId === id);
  return {
    ...{ id, name: instance.displayName, image: "machine-oracle" },
    running: instance.state === "RUNNING",
    privateIp: own?.ipAddress ?? String(instance.privateIp),
    publicIp: isRouted(all, subnetId, "0.0.0.0/0") ? bound?.ipAddress : undefined,
    ipv6: isRouted(all, subnetId, "::/0") ? six?.ipAddress : undefined,
    metadata: told(instance),
    publicKeys: metadata.ssh_authorized_keys?.trim().split("\n") ?? [],
    userData: Buffer.from(metadata.user_data ?? "", "base64").toString(),
    rules: [...inGroups(all, createVnicDetails.nsgIds), ...inLists(all, subnetId)],
    attached: Object.fromEntries(attachments.map(({ volumeId, device }) => [volumeId, device])),
  };
}

/** The first version of the metadata service answers everybody, unless it is switched off. */
function told({ metadata = {}, instanceOptions }: Instance): Record<string, string> {
  const versions = instanceOptions?.areLegacyImdsEndpointsDisabled ? ["v2"] : ["v1", "v2"];
  const folders = versions.map((version) => `opc/${version}/instance/metadata`);
  const entries = folders.flatMap((folder) =>
    Object.entries(metadata).map(([key, text]) => [`${folder}/${key}`, text]),
  );
  return Object.fromEntries(entries);
}

/** Whether the subnet's route table leads everything to an internet gateway. */
function isRouted(all: Resource[], subnetId: string, everywhere: string): boolean {
  const table = find(all, "RouteTable", find(all, "Subnet", subnetId)?.routeTableId);
  const routes = (table?.routeRules ?? []) as unknown as Named[];
  const toAll = routes.find(({ destination }) => destination === everywhere);
  const gateway = find<Properties & Named>(all, "InternetGateway", toAll?.networkEntityId);
  return gateway !== undefined && (gateway.enabled as unknown) !== false;
}

const inGroups = (all: Resource[], groups: string[] = []): Rule[] =>
  every<SecurityRule & Named>(all, "NetworkSecurityGroupSecurityRule")
    .filter(({ networkSecurityGroupId }) => groups.includes(`${networkSecurityGroupId}`))
    .flatMap((rule) => meaning(rule.direction === "INGRESS" ? "in" : "out", rule));

/** Every subnet has its network's default list, which lets SSH in until it is managed. */
function inLists(all: Resource[], subnetId: string): Rule[] {
  const vcn = find(all, "Vcn", find(all, "Subnet", subnetId)?.vcnId);
  const list = find<List>(all, "DefaultSecurityList", vcn?.defaultSecurityListId) ?? unmanaged;
  return [
    ...list.ingressSecurityRules.flatMap((rule) => meaning("in", rule)),
    ...list.egressSecurityRules.flatMap((rule) => meaning("out", rule)),
  ];
}

const world = "0.0.0.0/0";
const unmanaged: Omit<List, "id"> = {
  ingressSecurityRules: [{ protocol: "6", source: world, tcpOptions: { min: 22, max: 22 } }],
  egressSecurityRules: [{ protocol: "all", destination: world }],
};

const protocols: Record<string, Rule["protocol"]> = {
  ...{ 1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6", all: "all" },
};

/** A rule as the world has it. */
function meaning(direction: Rule["direction"], rule: SecurityRule): Rule[] {
  const peer = (direction === "in" ? rule.source : rule.destination) ?? world;
  const protocol = protocols[rule.protocol];
  if (!protocol) return [];
  const options = rule.tcpOptions ?? rule.udpOptions;
  const { min, max } = options?.destinationPortRange ?? options ?? {};
  const ports: Rule["ports"] = min === undefined || max === undefined ? undefined : [min, max];
  const { type, code } = rule.icmpOptions ?? {};
  const icmp = type === undefined ? undefined : `${type}${code === undefined ? "" : `/${code}`}`;
  return [{ direction, protocol, ports, icmp, peer }];
}
