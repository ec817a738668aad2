import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host/host";
import { portFunctions, runScript } from "../remote/run-script";
import { runSealed, type SealedRun } from "../remote/run-sealed";
import { pinned } from "./pinned";
import type { PortRow } from "./ports";
import type { Release } from "./releases";
import { type Acme, renderSnikketConf, type SnikketSettings } from "./snikket-conf";

/** What the first half of a deployment reports. */
export interface Staged {
  stamp: string;
  challenge: { path: string; content: string };
}

/** What the second half reports; secret. */
export interface Deployed {
  /** The first invitation; empty where it has done its work. */
  invitation: string;
  turn: { username: string; credential: string };
  /** Ports that something listens on, as `tcp/80`. */
  listening: string[];
  /** The issuer's certificates, where no root of it is known. */
  chain: string | null;
}

interface DeploymentArgs {
  host: Host;
  release: Release;
  settings: SnikketSettings;
  ports: PortRow[];
}

const here = (file: string): string => path.join(__dirname, file);

/** What stands on the machine as it stands here. */
const carried = ["docker-compose.yml", "docker-compose.relay.yml", "turn-addresses"];

/**
 * Configuration, images and the web proxy alone; stops before anything asks for a certificate.
 * @param after stamp of what it builds on: with a new one it runs again
 */
export const stage = (
  name: string,
  { host, release, settings, ports }: DeploymentArgs,
  after: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): remote.Command =>
  runScript(
    name,
    {
      host,
      functions: [portFunctions, ...["guards.sh", "configure.sh", "compose.sh"].map(here)],
      script: here("stage.sh"),
      env: {
        SNIKKET_DOMAIN: settings.domain,
        PUBLIC_IPV4: host.ipv4,
        PUBLIC_IPV6: host.ipv6 ?? "",
        PORTS: watchedPorts(ports),
        DOCKER_INSTALLED: after,
      },
      files: {
        "snikket.conf": renderSnikketConf(settings),
        ...Object.fromEntries(carried.map((file) => [file, readFileSync(here(file), "utf8")])),
        "images.env": imageVariables(release),
        "acme-root.pem": settings.acme.server === "custom" ? settings.acme.rootCertificate : "",
      },
    },
    opts,
  );

/** Everything, until certificate and services are right; again whenever another step ran, for the looks after it. */
export const deploy = (
  name: string,
  { host, settings, ports }: DeploymentArgs,
  after: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): SealedRun =>
  runSealed(
    name,
    {
      host,
      functions: ["certificate.sh", "compose.sh", "invitation.sh"].map(here),
      script: here("deploy.sh"),
      env: {
        SNIKKET_DOMAIN: settings.domain,
        ACME_DIRECTORY: acmeDirectory(settings.acme),
        ACME_STAGING: settings.acme.server === "staging" ? "1" : "0",
        PORTS: watchedPorts(ports),
        STAGED: after,
        PREPARED: host.prepared,
      },
    },
    opts,
  );

/** Each port that always has a listener, once per line. */
const watchedPorts = (ports: PortRow[]): string =>
  ports
    .filter(({ listens }) => listens === "always")
    .map(({ protocol, from }) => `${protocol} ${from}`)
    .join("\n");

const imageVariables = (release: Release): string =>
  Object.entries(release)
    .map(([service, image]) => `SNIKKET_${service.toUpperCase()}_IMAGE=${pinned(image)}\n`)
    .join("");

/** The ACME directory certbot records. Source: letsencrypt.org/docs/acme-protocol-updates, staging-environment. */
const acmeDirectory = (acme: Acme): string =>
  acme.server === "custom"
    ? acme.directory
    : `https://acme-${acme.server === "staging" ? "staging-" : ""}v02.api.letsencrypt.org/directory`;
