import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { Reach } from "../remote/reach";
import type { Connection, Host, PortRule } from "./host";
import { prepare } from "./prepare";

export interface ExistingHostArgs {
  /** Public IPv4 address. */
  address: string;
  /** Public IPv6 address, if it has one that is to be used. */
  ipv6?: string | undefined;
  user: string;
  port: number;
  privateKey: pulumi.Input<string>;
  /** One line, `ssh-ed25519 AAAA…`. */
  hostKey: string;
  /** `HH:MM`, or `never`. */
  rebootAt: string;
  /** What its own firewall has to let in. */
  ports: PortRule[];
}

/** How long a machine that is there already may take to answer, in seconds: it may just be starting. */
const patience = 60;

/** A machine that somebody made; another host key means that it is another machine. */
export class ExistingHost extends pulumi.ComponentResource implements Host {
  public readonly machineId: pulumi.Output<string>;
  public readonly ipv4: pulumi.Output<string>;
  public readonly ipv6?: pulumi.Output<string>;
  public readonly connection: pulumi.Output<Connection>;
  public readonly reach: Reach;
  public readonly prepared: pulumi.Output<string>;
  public readonly monthlyCost = "not known: the machine was there already";

  constructor(name: string, args: ExistingHostArgs, opts?: pulumi.ComponentResourceOptions) {
    super("snikket:host:ExistingHost", name, {}, opts);
    const { address, ipv6, user, port, privateKey, hostKey, rebootAt, ports } = args;

    this.machineId = pulumi.output(fingerprint(hostKey));
    this.ipv4 = pulumi.output(address);
    if (ipv6) this.ipv6 = pulumi.output(ipv6);
    this.connection = pulumi.secret({ host: address, port, user, privateKey, hostKey });
    this.reach = new Reach(`${name}-reach`, this, patience);
    this.prepared = prepare(name, { host: this, rebootAt, ports }, { parent: this }).stdout;

    this.registerOutputs({});
  }
}

/** As `ssh-keygen -l` shows it. */
const fingerprint = (hostKey: string): string =>
  `SHA256:${createHash("sha256")
    .update(Buffer.from(hostKey.split(" ")[1] ?? "", "base64"))
    .digest("base64")
    .replace(/=+$/, "")}`;
