import * as core from "@pulumi/oci/core";
import type * as pulumi from "@pulumi/pulumi";
import type { Openings } from "../openings";
import { securityRules } from "./rules";

interface OracleNetworkArgs extends Openings {
  compartmentId: string;
  /** What everything is called in Oracle's console. */
  label: string;
}

export interface OracleNetwork {
  subnetId: pulumi.Output<string>;
  /** The security group that lets in what is listed; the machine has to join it. */
  groupId: pulumi.Output<string>;
}

const block = "10.0.0.0/24";

/** A network for one machine, into which nothing comes but what is listed. */
export function oracleNetwork(
  name: string,
  args: OracleNetworkArgs,
  opts: pulumi.CustomResourceOptions,
): OracleNetwork {
  const named = { compartmentId: args.compartmentId, displayName: args.label };
  const vcn = new core.Vcn(
    `${name}-vcn`,
    {
      ...named,
      cidrBlocks: [block],
      // Without it there is no resolver in the network.
      dnsLabel: "snikket",
      ...(args.ipv6 && { isIpv6enabled: true }),
    },
    opts,
  );
  const place = { ...named, vcnId: vcn.id };
  const groupId = oracleRules(name, args, { ...place, listId: vcn.defaultSecurityListId }, opts);
  const routeTableId = routes(name, args, place, opts);
  const inside = { cidrBlock: block, dnsLabel: "family", routeTableId };
  const six = args.ipv6 && { ipv6cidrBlock: vcn.ipv6cidrBlocks.apply(firstSubnet) };
  const subnet = new core.Subnet(`${name}-subnet`, { ...place, ...inside, ...six }, opts);
  return { subnetId: subnet.id, groupId };
}

/** What a thing is called, and in which network it is. */
interface Place {
  compartmentId: string;
  displayName: string;
  vcnId: pulumi.Output<string>;
}

/** The security group with its rules. */
function oracleRules(
  name: string,
  args: Openings,
  { listId, ...place }: Place & { listId: pulumi.Output<string> },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { vcnId: _, ...named } = place;
  const closed = { ingressSecurityRules: [], egressSecurityRules: [] };
  // As it comes this list opens SSH to the world, for every machine in the network.
  new core.DefaultSecurityList(
    `${name}-default-rules`,
    { ...named, manageDefaultResourceId: listId, ...closed },
    opts,
  );
  const group = new core.NetworkSecurityGroup(`${name}-rules`, place, opts);
  for (const { purpose, ...rule } of securityRules(args)) {
    const id = { networkSecurityGroupId: group.id };
    new core.NetworkSecurityGroupSecurityRule(`${name}-rule-${purpose}`, { ...id, ...rule }, opts);
  }
  return group.id;
}

/** The way to the internet. */
function routes(
  name: string,
  { ipv6 }: Openings,
  place: Place,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const gateway = new core.InternetGateway(`${name}-gateway`, { ...place, enabled: true }, opts);
  const routeRules = ["0.0.0.0/0", ...(ipv6 ? ["::/0"] : [])].map((destination) => ({
    destination,
    destinationType: "CIDR_BLOCK",
    networkEntityId: gateway.id,
  }));
  return new core.RouteTable(`${name}-routes`, { ...place, routeRules }, opts).id;
}

/** Oracle gives a network a /56, and its parts are /64. */
const firstSubnet = ([prefix = ""]: string[]): string => prefix.replace(/\/\d+$/, "/64");
