import * as core from "@pulumi/oci/core";
import type * as pulumi from "@pulumi/pulumi";

interface OracleAddressArgs {
  compartmentId: string;
  label: string;
  subnetId: pulumi.Input<string>;
  ipv6: boolean;
}

export interface OracleAddress {
  /** The reserved address inside the network that the public one belongs to; the machine has to take it. */
  privateIpId: pulumi.Output<string>;
  ipv4: pulumi.Output<string>;
  ipv6?: { id: pulumi.Output<string>; address: pulumi.Output<string> };
}

/**
 * Addresses that are there before the machine and outlive it, so that names can be made beforehand and stay. Oracle
 * binds a public address to a private one, and that is a machine's own unless it is reserved as well.
 */
export function oracleAddress(
  name: string,
  { compartmentId, label, subnetId, ipv6 }: OracleAddressArgs,
  opts: pulumi.CustomResourceOptions,
): OracleAddress {
  const reserved = { displayName: label, lifetime: "RESERVED" };
  const kept = { ...opts, protect: true };
  // The machine takes it by itself; to an update here that is none, and the provider would detach it.
  const taken = { ...kept, ignoreChanges: ["vnicId"] };
  const inside = new core.PrivateIp(`${name}-private-address`, { ...reserved, subnetId }, taken);
  const outside = new core.PublicIp(
    `${name}-address`,
    { ...reserved, compartmentId, privateIpId: inside.id },
    kept,
  );
  const address = { privateIpId: inside.id, ipv4: outside.ipAddress };
  if (!ipv6) return address;
  const six = new core.Ipv6(`${name}-address-ipv6`, { ...reserved, subnetId }, taken);
  return { ...address, ipv6: { id: six.id, address: six.ipAddress } };
}
