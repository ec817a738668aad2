import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { type Container, docker, ensureContainer } from "./docker";
import { ensureImage } from "./images";
import { untilNamesResolve, writeRecords } from "./records";
import { address, containerName, inHome, registryFolder, zone } from "./settings";

/** Where the machine finds Docker's packages, and the same ones under a wrong signature. */
export const dockerRepository = `http://apt.${zone}/linux`;
export const wronglySignedRepository = `http://apt.${zone}/wrong-signature/linux`;

export const acmeDirectory = `https://acme.${zone}:14000/dir`;

const config = "/etc/snikket-sandbox";

/** UDP port at which the peer, somebody outside, sends back what a call brings. */
export const peerPort = 4000;
const echo = `my $socket = IO::Socket::INET->new(LocalPort => ${peerPort}, Proto => "udp") or die;
  while (defined $socket->recv(my $packet, 2048)) { $socket->send($packet) }`;

const nameServer = `dnsmasq --keep-in-foreground --conf-file=${config}/dnsmasq.conf`;

/** How each service runs: command and further options. */
const services = () => ({
  dns: {
    // Reads its records once, so a new one comes in its place. Docker 20 now and then keeps a restarted container's
    // place in the network for ever.
    command: ["sh", "-c", `while :; do ${nameServer}; sleep 0.1; done`],
    options: ["--mount", `type=bind,source=${inHome("records")},target=${config}/records,readonly`],
  },
  acme: {
    command: ["pebble", "-config", `${config}/pebble.json`, "-dnsserver", `${address("dns")}:53`],
    options: ["--env", "PEBBLE_VA_NOSLEEP=1", "--env", "PEBBLE_WFE_NONCEREJECT=0"],
  },
  registry: {
    command: ["docker-registry", "serve", `${config}/registry.yml`],
    options: [
      // Docker pushes without TLS to this address alone.
      ...["--publish", "127.0.0.1::5000", "--user", `${process.getuid?.()}:${process.getgid?.()}`],
      ...["--mount", `type=bind,source=${registryFolder},target=/var/lib/docker-registry`],
    ],
  },
  apt: { command: ["nginx", "-c", `${config}/nginx.conf`] },
  peer: { command: ["perl", "-MIO::Socket::INET", "-e", echo] },
});

/**
 * Starts the name server, the certificate authority, the registry, Docker's apt repository and the peer.
 * @returns renewed: the authority is a new one, and knows nothing of what it issued before
 */
export async function ensureServices(install = false): Promise<{ renewed: boolean }> {
  const image = await ensureImage("services", install);
  mkdirSync(registryFolder, { recursive: true });
  if (!existsSync(inHome("records", "records.conf"))) writeRecords([]);
  const start = async (part: keyof ReturnType<typeof services>): Promise<"kept" | "created"> => {
    const container: Container = { name: containerName(part), image, ip: address(part) };
    return ensureContainer({ ...container, ...services()[part] });
  };
  const parts = ["acme", "dns", "registry", "apt", "peer"] as const;
  const [acme] = await Promise.all(parts.map(start));
  await untilNamesResolve();
  await keepPublicKeys();
  return { renewed: acme === "created" };
}

/** The roots to trust, of what the authority issues and of its own directory, and the repository's key. */
async function keepPublicKeys(): Promise<void> {
  const inside = async (part: string, command: string): Promise<string> =>
    (await docker(["exec", containerName(part), "sh", "-c", command])).stdout;
  const directory = `${config}/acme-directory.pem`;
  const root = `curl -fsS --retry 40 --retry-connrefused --retry-delay 1 --cacert ${directory} \
    --resolve acme.${zone}:15000:127.0.0.1 https://acme.${zone}:15000/roots/0`;
  writeFileSync(inHome("acme-root.pem"), await inside("acme", `${root} && cat ${directory}`));
  const fingerprint = await inside("apt", "cat /srv/apt/fingerprint");
  writeFileSync(inHome("docker-key-fingerprint"), fingerprint);
}
