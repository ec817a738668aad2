import type * as pulumi from "@pulumi/pulumi";
import type { Reach } from "../remote/reach";

/** A machine that can be reached by SSH, wherever it came from; depending on it waits until it is prepared. */
export interface Host extends pulumi.Resource {
  /** Changes exactly when the machine is another one; every remote step is triggered by it. */
  readonly machineId: pulumi.Output<string>;
  /** The public IPv4 address. */
  readonly ipv4: pulumi.Output<string>;
  /** The public IPv6 address, where the machine has one. */
  readonly ipv6?: pulumi.Output<string>;
  /** How to reach it; secret, with the host key pinned. */
  readonly connection: pulumi.Output<Connection>;
  /** Stamp of the run that last made it fit. */
  readonly prepared: pulumi.Output<string>;
  /** What a month costs by list price, in words. */
  readonly monthlyCost: pulumi.Input<string>;
  /** Knows whether it lets us in, and looks at it. */
  readonly reach: Reach;
}

/** An SSH connection whose host key is known before the first byte. */
export interface Connection {
  host: string;
  port: number;
  user: string;
  /** In OpenSSH's or PEM's format, without a passphrase. */
  privateKey: string;
  /** One line, `ssh-ed25519 AAAA…`. */
  hostKey: string;
}

/** Ports that are let in from everywhere. */
export interface PortRule {
  name: string;
  protocol: "tcp" | "udp";
  /** First port of the range. */
  from: number;
  /** Last port of the range, inclusive. */
  to: number;
  reason: string;
  /** A port that always has one may be nobody else's. @default not known */
  listens?: Listens;
}

/** When a port really has a listener. */
export type Listens = "always" | "sometimes" | "on demand";

/** A volume of its own for data. */
export interface DataDisk {
  /** Absolute path of its device on the machine. */
  device: pulumi.Input<string>;
  /** Where it is mounted. */
  folder: string;
  /** Changes when it was attached anew or has grown: then the machine has something to do. */
  state?: pulumi.Input<string>;
}
