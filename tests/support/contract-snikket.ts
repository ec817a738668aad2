import { spawnSync } from "node:child_process";
import { snikketPorts } from "../../components/snikket/ports";
import { newestRelease, type Release, releases } from "../../components/snikket/releases";
import { type Acme, snikketVariables } from "../../components/snikket/snikket-conf";
import { ensureImage, snikketImages } from "../../sandbox/images";
import { type Certificate, createAuthority } from "./certificates";
import { Missing, type Pair } from "./contract";
import { type Group, type Options, startGroup } from "./contract-containers";
import { eventually } from "./eventually";

export const domain = "chat.family.example";
export const names = [domain, `groups.${domain}`, `share.${domain}`];
export const bootstrapSecret = "a-secret-of-the-contract";
type Part = keyof Release;

export const turnPorts = { from: 49152, to: 49195 };
const proxy65Port = 5000;

/** The port table of the settings that every contract begins with. */
export const ports = snikketPorts({ turnPorts, proxy65Port });

/** The stand-ins, or the newest release where all four of its images are in the local Docker. */
export const snikketsImages: Pair<() => Promise<Release>> = {
  called: `release ${newestRelease}`,
  standIn: () => (dockerAnswers() ? ensureStandIns : new Missing("Docker does not answer here")),
  real() {
    const release: Release = releases[newestRelease];
    const missing = Object.values(release).filter((image) => !isInDocker(image));
    if (missing.length === 0) return async () => release;
    return new Missing(`not in the local Docker: ${missing.join(", ")}`);
  },
};

const docker = (...args: string[]): boolean => spawnSync("docker", args).status === 0;
const dockerAnswers = (): boolean => docker("version");
const isInDocker = (image: string): boolean => docker("image", "inspect", image);

async function ensureStandIns(): Promise<Release> {
  const parts = Object.entries(snikketImages) as [Part, (typeof snikketImages)[Part]][];
  const images = parts.map(async ([part, target]) => [part, await ensureImage(target)]);
  return Object.fromEntries(await Promise.all(images)) as Release;
}

/** The volumes of docker-compose.yml. */
const volumes: Record<Part, Record<string, string>> = {
  server: { data: "/snikket" },
  portal: {},
  proxy: { data: "/snikket", acme: "/var/www/html/.well-known/acme-challenge" },
  certs: {
    ...{ data: "/snikket", acme: "/var/www/.well-known/acme-challenge" },
    ca: "/etc/snikket/ca",
  },
};

/** The programs in each image that docker-compose.yml, the scripts and their advice ask for. */
export const programs: Record<Part, string[]> = {
  server: ["bash", "prosodyctl", "create-invite"],
  portal: ["nc", "python3"],
  proxy: ["bash", "sh"],
  certs: ["sh", "test", "cat", "grep", "cut", "tail", "timeout", "/etc/cron.daily/certbot"],
};

/** What comes to mind first in a script, and no image has. */
const nowhere = ["curl", "wget", "dig", "host", "ping", "ps", "pgrep"];

/** The programs that Snikket's own images lack, by their Dockerfiles and what Debian 12 installs for these. */
const absent: Record<Part, string[]> = {
  server: [...nowhere, "ss", "ip", "nc", "python3", "jq"],
  portal: [...nowhere, "ss", "ip", "jq"],
  // nginx brings ss and ip.
  proxy: [...nowhere, "nc", "python3", "jq", "openssl"],
  certs: [...nowhere, "ss", "ip", "nc"],
};

/** What a running part has of all these. */
export async function programsIn({ shell }: Group, part: Part): Promise<string[]> {
  const asked = [...programs[part], ...absent[part]].join(" ");
  const look = "if command -v $p >/dev/null; then echo $p; fi";
  return (await shell(part, `for p in ${asked}; do ${look}; done`)).split("\n");
}

/** The variables that the deployment writes for a family's server, and those that a stack may add. */
export const settings = (
  more: Record<string, string> = {},
  acme: Acme = { server: "production" },
): Record<string, string> => ({
  ...snikketVariables({
    ...{ domain, adminEmail: "admin@family.example", siteName: "The Family's" },
    ...{ turnPorts, proxy65Port, retentionDays: 7 },
    ...{
      acme,
      logLevel: "info",
      tlsProfile: "modern",
      extraSettings: {},
    },
  }),
  ...{ SNIKKET_WEB_SECRET_KEY: "0".repeat(64), TWEAK_SNIKKET_BOOTSTRAP_INDEX: "1" },
  TWEAK_SNIKKET_BOOTSTRAP_SECRET: bootstrapSecret,
  ...more,
});

interface Answer {
  /** 0 where nothing answers. */
  status: number;
  location: string;
  body: string;
}

/** Snikket's containers on an address of their own. */
export interface Snikket extends Group {
  /** Starts one part as docker-compose.yml does, in place of the one that runs. */
  run(part: Part, conf?: Record<string, string>, more?: Options): Promise<void>;
  /** Puts a certificate of the test's own where certbot would, once; gives it with its root. */
  certify(part: Part): Promise<Certificate & { root: string }>;
  /** Fetches from inside, as curl does with these options. */
  get(url: string, ...args: string[]): Promise<Answer>;
  /** What listens: `tcp/5222` for all addresses, `tcp/127.0.0.1:5280` for the machine itself. */
  listeners(): Promise<string[]>;
}

export async function startSnikket(images: Release): Promise<Snikket> {
  const group = await startGroup(names);
  let certificate: ReturnType<typeof certify> | undefined;
  return {
    ...group,
    run: (part, conf = settings(), more = {}) =>
      group.start(part, images[part], { env: conf, volumes: volumes[part], ...more }),
    certify(part) {
      certificate ??= certify(group, part);
      return certificate;
    },
    get: (url, ...args) => get(group, url, args),
    listeners: () => listeners(group),
  };
}

async function certify({ shell }: Group, part: Part) {
  const authority = createAuthority();
  const certificate = authority.issue(names);
  const live = `/snikket/letsencrypt/live/${domain}`;
  await shell(part, `mkdir -p ${live}; cat >${live}/privkey.pem`, certificate.key);
  // Last, and whole: it is what the others wait for.
  await shell(part, `cat >${live}/new; mv ${live}/new ${live}/fullchain.pem`, certificate.cert);
  return { ...certificate, root: authority.cert };
}

async function get({ shell }: Group, url: string, args: string[]): Promise<Answer> {
  const format = "\\n%{http_code} %{redirect_url}";
  const words = ["curl", "-sk", "-m", "20", "-w", format, ...args, url];
  const output = await shell("network", `${words.map((word) => `'${word}'`).join(" ")} || true`);
  const end = output.lastIndexOf("\n");
  const [status, location = ""] = output.slice(end + 1).split(" ");
  return { status: Number(status), location, body: output.slice(0, Math.max(end, 0)) };
}

async function listeners({ shell, ip }: Group): Promise<string[]> {
  const lines = (await shell("network", "ss -Hlntu")).split("\n").filter(Boolean);
  const all = lines.map((line) => {
    const [protocol, , , , place = ""] = line.trim().split(/\s+/);
    const [, address = "", port] = /^(.*):(\d+)$/.exec(place) ?? [];
    const isAny = ["*", "0.0.0.0", "[::]", ip].includes(address);
    return `${protocol}/${isAny ? "" : `${address}:`}${port}`;
  });
  return [...new Set(all)].sort();
}

/** Asks Prosody as the deployment does. */
export const prosody = (snikket: Snikket, path: string) =>
  snikket.get(`http://127.0.0.1:5280/${path}`, "-H", `Host: ${domain}`);

/** How a link of an invitation looks. */
export const inviteLink = new RegExp(`^https://${domain}/invite/[A-Za-z0-9_-]+/$`);

/** Asks for the first invitation. */
export const bootstrap = (snikket: Snikket, token = bootstrapSecret) =>
  prosody(snikket, `invites_bootstrap?token=${token}`);

/** What Prosody says of an invitation. */
export const invitation = (snikket: Snikket, link: string) =>
  prosody(snikket, `register_api/invite/${link.split("/").at(-2)}`);

/** The relay's secret. */
export const turnSecret = (snikket: Snikket) =>
  snikket.shell("server", "cat /snikket/prosody/turn-auth-secret-v2");

/** Starts the server with a certificate, and waits until it is healthy. */
export async function startServer(snikket: Snikket, conf = settings()): Promise<void> {
  await snikket.run("server", conf);
  await eventually(() => snikket.certify("server"));
  await healthy(snikket);
}

export const healthy = (snikket: Snikket): Promise<void> =>
  eventually(async () => {
    const { body } = await prosody(snikket, "host_status_check");
    if (!body.includes("STATUS OK")) throw new Error(`Prosody says: ${body}`);
  });
