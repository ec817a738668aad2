import * as compute from "@pulumi/gcp/compute";
import type { input as inputs } from "@pulumi/gcp/types";
import type * as pulumi from "@pulumi/pulumi";
import type { Openings } from "../openings";
import { regionOf } from "./regions";
import { firewallRules } from "./rules";

interface GoogleNetworkArgs extends Openings {
  project: pulumi.Input<string>;
  /** As `us-east1-b`. */
  zone: string;
  /** What everything is called in the project. */
  label: string;
  /** IPv6 needs `PREMIUM`. */
  networkTier: "STANDARD" | "PREMIUM";
}

interface GoogleNetwork {
  ipv4: pulumi.Output<string>;
  ipv6?: pulumi.Output<string>;
  /** How a machine is connected to it, at these addresses. */
  connection: inputs.compute.InstanceNetworkInterface;
}

/** A network for one machine, into which nothing comes but what is listed, and addresses that outlive the machine. */
export function googleNetwork(
  name: string,
  args: GoogleNetworkArgs,
  opts: pulumi.CustomResourceOptions,
): GoogleNetwork {
  const { project, zone, label, networkTier } = args;
  const subnetwork = firewalledSubnetwork(name, args, opts).id;
  const place = { project, region: regionOf(zone), addressType: "EXTERNAL", networkTier };
  const reserve = (family: string, wanted: compute.AddressArgs) =>
    new compute.Address(
      `${name}-${family}`,
      { name: `${label}-${family}`, ...place, ...wanted },
      { ...opts, protect: true },
    ).address;

  const ipv4 = reserve("ipv4", {});
  const accessConfigs = [{ natIp: ipv4, networkTier }];
  if (!args.ipv6) return { ipv4, connection: { subnetwork, accessConfigs } };
  const ipv6 = reserve("ipv6", { ipVersion: "IPV6", ipv6EndpointType: "VM", subnetwork });
  // Google reserves and hands out blocks of 96 bits; the machine has the first address of its own.
  const ipv6AccessConfigs = [{ externalIpv6: ipv6, externalIpv6PrefixLength: "96", networkTier }];
  const stackType = "IPV4_IPV6";
  return { ipv4, ipv6, connection: { subnetwork, stackType, accessConfigs, ipv6AccessConfigs } };
}

function firewalledSubnetwork(
  name: string,
  args: GoogleNetworkArgs,
  opts: pulumi.CustomResourceOptions,
): compute.Subnetwork {
  const { project, zone, label, ipv6 } = args;
  const network = new compute.Network(
    `${name}-network`,
    { name: label, project, autoCreateSubnetworks: false },
    opts,
  ).id;
  firewall(name, args, network, opts);
  return new compute.Subnetwork(
    `${name}-subnetwork`,
    {
      name: label,
      project,
      region: regionOf(zone),
      network,
      ipCidrRange: "10.0.0.0/24",
      ...(ipv6 && { stackType: "IPV4_IPV6", ipv6AccessType: "EXTERNAL" }),
    },
    opts,
  );
}

function firewall(
  name: string,
  args: GoogleNetworkArgs,
  network: pulumi.Output<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  const { project, label } = args;
  for (const { purpose, ...rule } of firewallRules(args)) {
    new compute.Firewall(
      `${name}-firewall-${purpose}`,
      { name: `${label}-${purpose}`, project, network, direction: "INGRESS", ...rule },
      opts,
    );
  }
}
