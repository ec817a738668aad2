import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { dockersOwn } from "../../components/docker/docker-engine";
import { docker } from "../../sandbox/docker";
import { ensureImage } from "../../sandbox/images";
import { Missing, type Pair } from "./contract";

/** An apt repository laid out like Docker's. */
export interface Repository {
  /** Of the key that it must be signed with. */
  fingerprint: string;
  /** As `debian/dists/trixie`. */
  suites: string[];
  /** As `debian/dists/trixie/stable/binary-arm64`. */
  places: string[];
  /** The fingerprint of the key behind a suite's signature, which its distribution shows. */
  signer(suite: string): Promise<string>;
  /** The versions of each package of a place. */
  packages(place: string): Promise<Record<string, string[]>>;
  remove(): void;
}

/** Who reads a file of a repository. */
type Read = (file: string) => Promise<string>;

/** What `up` supports. */
const supported = [
  ...["debian/dists/bookworm", "debian/dists/trixie"],
  ...["ubuntu/dists/jammy", "ubuntu/dists/noble"],
];

/** Docker's own, and the one that the sandbox has. */
export const dockersRepository: Pair<() => Promise<Repository>> = {
  called: dockersOwn.url,
  standIn: () =>
    spawnSync("docker", ["version"]).status === 0
      ? sandboxes
      : new Missing("Docker does not answer here"),
  real: () =>
    spawnSync("curl", ["-fsS", "--max-time", "20", `${dockersOwn.url}/debian/gpg`]).status === 0
      ? () => repository(supported, dockersOwn.keyFingerprint, fetched)
      : new Missing(`${dockersOwn.url} cannot be reached`),
};

async function sandboxes(): Promise<Repository> {
  const image = await ensureImage("services");
  const read = async (file: string) => {
    const { stdout } = await docker(["run", "--rm", image, "cat", path.join("/srv/apt", file)]);
    return stdout;
  };
  const fingerprint = (await read("fingerprint")).trim();
  return repository(["debian/dists/trixie"], fingerprint, (file) => read(`linux/${file}`));
}

const fetched: Read = async (file) => {
  const response = await fetch(`${dockersOwn.url}/${file}`, {
    signal: AbortSignal.timeout(60_000),
  });
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return response.text();
};

async function repository(suites: string[], fingerprint: string, read: Read): Promise<Repository> {
  const image = await ensureImage("services");
  const folder = mkdtempSync(path.join(tmpdir(), "repository-"));
  const put = async (name: string, file: string) =>
    writeFileSync(path.join(folder, name), await read(file));
  const verify = "gpg --import /in/gpg; gpg --status-fd 1 --verify /in/InRelease";
  return {
    ...{ suites, fingerprint },
    places: suites.flatMap((suite) =>
      ["amd64", "arm64"].map((architecture) => `${suite}/stable/binary-${architecture}`),
    ),
    async signer(suite) {
      await put("gpg", `${suite.split("/")[0]}/gpg`);
      await put("InRelease", `${suite}/InRelease`);
      const run = ["run", "--rm", "--volume", `${folder}:/in:ro`, image, "sh", "-c", verify];
      const { stdout } = await docker(run);
      return /^\[GNUPG:\] VALIDSIG .* ([0-9A-F]{40})$/m.exec(stdout)?.[1] ?? stdout;
    },
    packages: async (place) => versions(await read(`${place}/Packages`)),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

function versions(index: string): Record<string, string[]> {
  const all: Record<string, string[]> = {};
  for (const stanza of index.split("\n\n")) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(stanza)?.[1] ?? "";
    const name = field("Package");
    all[name] = [...(all[name] ?? []), field("Version")];
  }
  return all;
}

/** Whether a version, without what Debian's packages add to it, is not newer than another. */
export const isUpTo = (version: string, limit: string): boolean =>
  version.replace(/^\d+:|-.*/g, "").localeCompare(limit, undefined, { numeric: true }) <= 0;
