import { Disk } from "@pulumi/gcp/compute";
import * as pulumi from "@pulumi/pulumi";
import { Reach } from "../../remote/reach";
import { userData } from "../cloud-init";
import type { Connection, Host } from "../host";
import { type MachineKeys, machineKeys, ubuntuUser } from "../machine-keys";
import { prepare } from "../prepare";
import type { RentedHostArgs } from "../rented";
import { billingHook } from "./billing";
import { googleMonthlyCost } from "./cost";
import { freeDiskType, type GoogleWish } from "./free-tier";
import { googleMachine } from "./machine";
import { googleNetwork } from "./network";
import { projectWith } from "./place";
import { twinHook } from "./twin";

export interface GoogleHostArgs extends GoogleWish, RentedHostArgs {
  project: string;
}

/** How long a new machine may take to let us in, in seconds. */
const patience = 300;

const deviceName = "snikket-data";

/** A machine in Google Cloud; its addresses and its data outlive it. */
export class GoogleHost extends pulumi.ComponentResource implements Host {
  public readonly machineId: pulumi.Output<string>;
  public readonly ipv4: pulumi.Output<string>;
  public readonly ipv6?: pulumi.Output<string>;
  public readonly connection: pulumi.Output<Connection>;
  public readonly reach: Reach;
  public readonly prepared: pulumi.Output<string>;
  /** By list price, in words. */
  public readonly monthlyCost: string;

  constructor(name: string, args: GoogleHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("snikket:host:GoogleHost", name, {}, opts);
    const { zone, dataFolder, rebootAt, ports } = args;
    const label = `snikket-${args.label}`;
    // Names are unique in a project: what replaces something can only be made when that is gone.
    const own = { parent: this, deleteBeforeReplace: true };
    const project = projectWith(args, own);

    const keys = machineKeys(name, own);
    // It has no scheduled snapshots: their size has no limit, and no more than 5 GB of them are free.
    const disk = new Disk(
      `${name}-data`,
      { name: `${label}-data`, project, zone, type: freeDiskType, size: args.dataDiskGb },
      { ...own, protect: true, hooks: { beforeCreate: [twinHook(`${name}-twin`, own)] } },
    );
    // Once names of theirs are taken, nobody is told of a disk that is: the engine passes on no more questions.
    const afterDisk = { ...own, dependsOn: disk };
    const network = googleNetwork(name, { ...args, project, label }, afterDisk);
    const metadata = googleMetadata(keys);
    const dataDisk = { source: disk.selfLink, deviceName };
    const hooks = { beforeCreate: [billingHook(`${name}-billing`, args)] };
    const machine = googleMachine(
      name,
      { ...args, project, label, metadata, dataDisk, network: network.connection, hooks },
      own,
    );

    this.machineId = machine.instanceId;
    this.ipv4 = network.ipv4;
    if (network.ipv6) this.ipv6 = network.ipv6;
    this.monthlyCost = googleMonthlyCost(args);
    this.connection = keys.connectionTo(network.ipv4);
    this.reach = new Reach(`${name}-reach`, this, patience);
    this.prepared = prepare(
      name,
      {
        host: this,
        rebootAt,
        ports,
        dataDisk: {
          device: `/dev/disk/by-id/google-${deviceName}`,
          folder: dataFolder,
          state: disk.size.apply(String),
        },
      },
      { parent: this },
    ).stdout;

    this.registerOutputs({});
  }
}

/** Who may log in, and as what the machine shows itself. */
const googleMetadata = ({ authorizedKey, hostKey }: MachineKeys) => ({
  // Where a project has OS Login, its machines take no keys from here.
  "enable-oslogin": "FALSE",
  "block-project-ssh-keys": "TRUE",
  "ssh-keys": pulumi.interpolate`${ubuntuUser}:${authorizedKey}`,
  "user-data": userData({ hostKey, keepHostKey: true }),
});
