import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { DockerEngine } from "../docker/docker-engine";
import { deploy, stage } from "./deployment";
import { livingInvitation } from "./living-invitation";
import {
  baseRequest,
  challengeOnly,
  everything,
  lookFromOutside,
  namesOnly,
} from "./look-from-outside";
import type { PortRow } from "./ports";
import type { Release } from "./releases";
import { readDeployed, readStaged } from "./reports";
import type { SnikketSettings } from "./snikket-conf";

export interface SnikketServerArgs {
  docker: DockerEngine;
  release: Release;
  settings: SnikketSettings;
  /** What it listens on, as `snikketPorts` makes them of the settings. */
  ports: PortRow[];
  /** Addresses of the name servers that are asked. @default - the zone's own */
  nameservers?: string[] | undefined;
}

/** A Snikket server: deployed in the order its certificate needs, and seen to answer from outside. */
export class SnikketServer extends pulumi.ComponentResource {
  /** The web portal. */
  public readonly url: string;
  /** Link of the first invitation, or why there is none any more; secret. */
  public readonly invitation: pulumi.Output<string>;

  constructor(name: string, args: SnikketServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("snikket:snikket:SnikketServer", name, {}, opts);
    const { docker, settings, ports, release } = args;
    const { host } = docker;
    const deployment = { host, release, settings, ports };
    const request = baseRequest(settings, host, ports, args.nameservers);

    // The names are looked up while the machine is being prepared.
    const named = lookFromOutside(
      `${name}-named`,
      { request: request.apply(namesOnly), stamps: [digest(settings)] },
      // What a component waits for does not hold for its children.
      { parent: this, dependsOn: opts?.dependsOn ?? [] },
    );
    const staged = stage(`${name}-stage`, deployment, docker.installed, {
      parent: this,
      dependsOn: [docker, named],
    });
    const report = staged.stdout.apply(readStaged);
    // Nothing may ask for a certificate before the challenge can be fetched: failures are limited.
    const reached = lookFromOutside(
      `${name}-reached`,
      {
        request: pulumi.all([request, report]).apply((both) => challengeOnly(...both)),
        stamps: [staged.stdout],
      },
      { parent: this },
    );
    const deployed = deploy(`${name}-deploy`, deployment, staged.stdout, {
      parent: this,
      dependsOn: reached,
    });
    const result = deployed.result.apply((text) => readDeployed(text, settings));
    lookFromOutside(
      `${name}-verified`,
      {
        request: pulumi.all([request, result]).apply((both) => everything(...both)),
        stamps: [host.prepared, docker.installed, staged.stdout, deployed.stamp],
      },
      { parent: this },
    );

    this.url = `https://${settings.domain}/`;
    this.invitation = livingInvitation(request, result);
    this.registerOutputs({});
  }
}

/** Changes with any setting and tells none: some of them may be passwords. */
export const digest = (settings: SnikketSettings): string =>
  createHash("sha256").update(JSON.stringify(settings)).digest("hex");
