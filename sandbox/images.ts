import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import * as path from "node:path";
import { Problem, run, step } from "./console";
import { debootstrapPackages, docker, installPackages, isRoot } from "./docker";
import { cache, checkout } from "./settings";

const folder = path.join(checkout, "sandbox", "images");

/** Releases of Debian that a machine may have; everything else has the first. */
export type Debian = "trixie" | "bookworm";
const base = (debian: Debian) => `snikket-sandbox/base${debian === "trixie" ? "" : `-${debian}`}`;

/** Snikket's four images, by the name of their stand-in's stage. */
export const snikketImages = {
  server: "snikket-server",
  portal: "snikket-web-portal",
  proxy: "snikket-web-proxy",
  certs: "snikket-cert-manager",
} as const;

/** A stage of the Dockerfile that becomes an image. */
type Target =
  | "machine"
  | "machine-oracle"
  | "machine-google"
  | "services"
  | "cloud"
  | (typeof snikketImages)[keyof typeof snikketImages];

/** The name of a target's image, which changes exactly when something it is made from changes. */
function imageName(target: Target, debian: Debian = "trixie"): string {
  const text = dockerfileFor(target);
  const hash = createHash("sha256").update(text);
  for (const source of sources(text)) hashFolder(hash, path.join(folder, source));
  const release = debian === "trixie" ? "" : `-${debian}`;
  return `snikket-sandbox/${target}${release}:${hash.digest("hex").slice(0, 12)}`;
}

/** Builds a target's image where it is not there yet, and gives its name. */
export async function ensureImage(
  target: Target,
  install = false,
  debian: Debian = "trixie",
): Promise<string> {
  const name = imageName(target, debian);
  if (await isThere(name)) return name;
  await ensureBase(debian, install);
  await step(`image ${target}`, async (report) => {
    await docker(
      [
        ...["build", "--network", "host", "--build-arg", `BASE=${base(debian)}`],
        ...["--target", target, "--tag", name, "--file", "-", folder],
      ],
      {
        input: dockerfileFor(target),
        onLine: report,
        // Other builders do not see the images of this machine.
        env: { ...process.env, BUILDX_BUILDER: "default" },
      },
    );
  });
  return name;
}

const isThere = async (image: string): Promise<boolean> =>
  (await docker(["image", "inspect", image], { mayFail: true })).code === 0;

/** The stages a target needs and no others: without BuildKit every stage before the target would be built too. */
function dockerfileFor(target: Target): string {
  const [head = "", ...parts] = readFileSync(path.join(folder, "Dockerfile"), "utf8").split(
    /^(?=FROM )/m,
  );
  const stages = new Map(parts.map((text) => [/^FROM \S+ AS (\S+)/.exec(text)?.[1] ?? "", text]));
  const needed = (name: string): string[] => {
    const text = stages.get(name);
    if (text === undefined) return [];
    const from = [...text.matchAll(/^FROM (\S+)|--from=(\S+)/gm)].map(
      (match) => match[1] ?? match[2] ?? "",
    );
    return [...from.flatMap(needed), text];
  };
  return [head, ...new Set(needed(target))].join("").replace(/^#.*\n|^\n/gm, "");
}

/** What a Dockerfile copies out of the folder beside it. */
function sources(dockerfile: string): string[] {
  const copies = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)];
  const named = copies.flatMap(([, words = ""]) => words.trim().split(/\s+/).slice(0, -1));
  return [...new Set(named.map((source) => source.split("/")[0] ?? source))].sort();
}

function hashFolder(hash: ReturnType<typeof createHash>, file: string): void {
  const { mode } = statSync(file);
  hash.update(`${path.relative(folder, file)} ${mode & 0o111}\n`);
  if (!statSync(file).isDirectory()) hash.update(readFileSync(file));
  else for (const name of readdirSync(file).sort()) hashFolder(hash, path.join(file, name));
}

const bases = new Map<Debian, Promise<void>>();

function ensureBase(debian: Debian, install: boolean): Promise<void> {
  const ready =
    bases.get(debian) ??
    isThere(base(debian)).then((there) =>
      there ? undefined : step(`Debian ${debian}`, (report) => makeBase(debian, install, report)),
    );
  bases.set(debian, ready);
  return ready;
}

async function makeBase(debian: Debian, install: boolean, report: Report): Promise<void> {
  const tar = cache("rootfs", `${debian}-${process.arch}.tar`);
  const image = `debian:${debian}-slim`;
  if (!existsSync(tar) && (await pull(image, report))) {
    await docker(["tag", image, base(debian)]);
    return;
  }
  if (!existsSync(tar)) await debootstrap(tar, debian, install, report);
  await docker(["import", tar, base(debian)]);
}

/** Pulls an image; false where Docker's registry cannot be reached or does not give it. */
export async function pull(image: string, report: Report): Promise<boolean> {
  dockerHub ??= fetch("https://registry-1.docker.io/v2/", {
    signal: AbortSignal.timeout(5000),
  }).then(
    () => true,
    () => false,
  );
  if (!(await dockerHub)) return false;
  report(`pulling ${image}`);
  return (await docker(["pull", image], { mayFail: true, onLine: report })).code === 0;
}

let dockerHub: Promise<boolean> | undefined;

const debootstrapScript = `root=$(mktemp -d "$1.XXXXXX"); trap 'rm -rf "$root"' EXIT
  debootstrap --variant=minbase --include=ca-certificates "$2" "$root" "$3"
  chmod 755 "$root"
  echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/sandbox"
  echo 'Acquire::Languages "none";' >"$root/etc/apt/apt.conf.d/80sandbox"
  rm -f "$root"/var/cache/apt/archives/*.deb
  tar --numeric-owner -C "$root" -cf "$root.tar" .
  mv "$root.tar" "$1"`;

type Report = (doing: string) => void;

async function debootstrap(
  tar: string,
  debian: Debian,
  install: boolean,
  report: Report,
): Promise<void> {
  if (!isRoot()) {
    throw new Problem(
      `The sandbox needs a Debian image, and Docker's registry cannot be reached from here. Either make "docker pull debian:${debian}-slim" work, or run this once as root: it then makes one with debootstrap.`,
      3,
    );
  }
  const packages = debootstrapPackages();
  if (packages.length > 0) await installPackages("debootstrap", packages, install);
  mkdirSync(path.dirname(tar), { recursive: true });
  const args = [debootstrapScript, "debootstrap", tar, debian, await mirror()];
  // In a mount namespace of its own, so that nothing it mounts outlives an interruption.
  await run("unshare", ["--mount", "bash", "-euc", ...args], { onLine: report });
}

/** The mirror this machine's own packages come from, where it is one of Debian's. */
async function mirror(): Promise<string> {
  const args = ["indextargets", "--format", "$(SITE)", "Created-By: Packages"];
  const { stdout } = await run("apt-get", args, { mayFail: true });
  const site = stdout.split("\n").find((line) => /\/debian\/?$/.test(line));
  return site ?? "http://deb.debian.org/debian";
}
