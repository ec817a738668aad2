import { Provider, type ProviderArgs } from "@pulumi/oci/provider";
import * as pulumi from "@pulumi/pulumi";
import { Reach } from "../../remote/reach";
import { userData } from "../cloud-init";
import type { Connection, Host } from "../host";
import { machineKeys } from "../machine-keys";
import { prepare } from "../prepare";
import type { RentedHostArgs } from "../rented";
import { oracleAddress } from "./address";
import { availability } from "./availability";
import { oracleMonthlyCost } from "./cost";
import { oracleData } from "./data";
import type { OracleWish } from "./free-tier";
import { homeHook, homeRegion } from "./home";
import { oracleMachine } from "./machine";
import { oracleNetwork } from "./network";
import { shrinkHook } from "./shrink";
import { freeTierHook } from "./tenancy";
import { twinHook } from "./twin";

export interface OracleHostArgs extends OracleWish, RentedHostArgs {
  /** As `eu-frankfurt-1`; only the home region is free. */
  region: string;
  /** How the provider asks, where its own variables and ~/.oci/config do not say it. */
  credentials?: Omit<ProviderArgs, "region"> | undefined;
  /** OCID of the compartment, or of the tenancy for its root. */
  compartmentId: string;
  /** The availability domain, counted from 1. @default - the first with room */
  availabilityDomain?: number | undefined;
}

/** How long a new machine may take to let us in, in seconds. */
const patience = 600;

/** A machine in Oracle Cloud; its addresses and its data outlive it. */
export class OracleHost extends pulumi.ComponentResource implements Host {
  public readonly machineId: pulumi.Output<string>;
  public readonly ipv4: pulumi.Output<string>;
  public readonly ipv6?: pulumi.Output<string>;
  public readonly connection: pulumi.Output<Connection>;
  public readonly reach: Reach;
  public readonly prepared: pulumi.Output<string>;
  /** By list price, in words. */
  public readonly monthlyCost: pulumi.Output<string>;

  constructor(name: string, args: OracleHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("snikket:host:OracleHost", name, {}, opts);
    const { region, credentials, compartmentId, dataVolumeGb, rebootAt, ports } = args;
    const named = { compartmentId, label: `snikket-${args.label}` };
    const own = { parent: this };
    const cloud = {
      ...own,
      provider: new Provider(`${name}-oracle`, { ...credentials, region }, own),
    };

    const keys = machineKeys(name, own);
    const network = oracleNetwork(name, { ...args, ...named }, cloud);
    const { subnetId } = network;
    const address = oracleAddress(name, { ...named, subnetId, ipv6: args.ipv6 }, cloud);
    const place = availability(name, { ...args, ...named }, cloud);
    const home = homeRegion(place.tenancyId, cloud);
    const atHome = homeHook(`${name}-home`, { ...args, home });
    const free = freeTierHook(
      `${name}-free-tier`,
      { ...named, tenancyId: place.tenancyId, wish: args },
      cloud,
    );
    const sizes = shrinkHook(`${name}-sizes`);
    const twin = twinHook(`${name}-twin`, cloud);
    const hooks = { beforeCreate: [atHome, twin, free, place.hook], beforeUpdate: [sizes, free] };
    const machine = oracleMachine(
      name,
      {
        ...args,
        ...named,
        network,
        address,
        place,
        authorizedKey: keys.authorizedKey,
        userData: userData(keys),
        hooks,
      },
      cloud,
    );
    const data = oracleData(
      name,
      { ...named, sizeGb: dataVolumeGb, availabilityDomain: place.domain, machine, hooks },
      cloud,
    );

    this.machineId = machine.bootVolumeId;
    this.ipv4 = address.ipv4;
    if (address.ipv6) this.ipv6 = address.ipv6.address;
    this.connection = keys.connectionTo(this.ipv4);
    this.reach = new Reach(`${name}-reach`, this, patience);
    this.prepared = prepare(
      name,
      { host: this, rebootAt, ports, dataDisk: { ...data, folder: args.dataFolder } },
      own,
    ).stdout;
    // Where nothing may cost money, no other region passes.
    const known = args.allowPaid ? home() : Promise.resolve(region);
    this.monthlyCost = pulumi.output(known).apply((home) => oracleMonthlyCost(args, home));
    this.registerOutputs({});
  }
}
