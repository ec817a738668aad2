import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Host } from "../host/host";
import { aptFunctions, runScript } from "../remote/run-script";

/** Where Docker comes from: Docker's own signed repository, or the distribution's packages. */
type DockerSource =
  | {
      source: "docker";
      /** Version of Docker Engine, as `28.5.2`; what belongs to another one than the default is the newest. */
      version?: string | undefined;
      repository?: { url: string; keyFingerprint: string } | undefined;
    }
  | { source: "distribution" };

export type DockerEngineArgs = DockerSource & {
  host: Host;
  /** What Docker is needed for: whenever that is another, it is looked at again, for somebody may have removed it. */
  purpose: string;
  /** Why it is looked at again though nothing here changed. @default it is not */
  again?: Promise<string | undefined> | undefined;
};

/** Docker's repository and the fingerprint of its signing key. Source: docs.docker.com/engine/install/debian. */
export const dockersOwn = {
  url: "https://download.docker.com/linux",
  keyFingerprint: "9DC858229FC7DD38854AE2D88D81803C0EBFCD88",
};

/** Newest version this project was tried with. */
export const defaultVersion = "28.5.2";

/**
 * What belongs to it: of each the newest up to this version, so that what is published later changes nothing. These were seen
 * in logs of installations, but not for every distribution on every architecture: where one is missing, the one before has to do.
 */
export const companions = {
  "containerd.io": "1.7.29",
  "docker-buildx-plugin": "0.29.1",
  "docker-compose-plugin": "2.40.3",
};

/** Docker Engine and the Compose plugin; somebody else's Docker that is recent enough is left alone. */
export class DockerEngine extends pulumi.ComponentResource {
  public readonly host: Host;
  /** Stamp of the run that last installed it or found it there. */
  public readonly installed: pulumi.Output<string>;

  constructor(name: string, args: DockerEngineArgs, opts?: pulumi.ComponentResourceOptions) {
    super("snikket:docker:DockerEngine", name, {}, opts);

    this.host = args.host;
    this.installed = runScript(
      `${name}-install`,
      {
        host: args.host,
        functions: [aptFunctions, path.join(__dirname, "repository.sh")],
        script: path.join(__dirname, "install.sh"),
        env: { ...installVariables(args), DOCKER_PURPOSE: args.purpose },
        again: args.again,
      },
      { parent: this, dependsOn: args.host },
    ).stdout;

    this.registerOutputs({});
  }
}

const installVariables = (args: DockerSource): Record<string, string> => {
  if (args.source === "distribution") return { DOCKER_SOURCE: "distribution" };
  const { url, keyFingerprint } = args.repository ?? dockersOwn;
  const version = args.version ?? defaultVersion;
  const belongings = Object.entries(companions).map(([name, newest]) =>
    version === defaultVersion ? `${name}=${newest}` : name,
  );
  return {
    DOCKER_SOURCE: "docker",
    DOCKER_VERSION: version,
    DOCKER_COMPANIONS: belongings.join(" "),
    DOCKER_REPOSITORY: url,
    DOCKER_KEY_FINGERPRINT: keyFingerprint,
  };
};
