import { readFileSync } from "node:fs";
import * as path from "node:path";
import { connect } from "node:tls";
import { relayRange, snikketPorts } from "../../components/snikket/ports";
import { type CloudKind, plugins, startCloud } from "../../sandbox/cloud/cloud";
import { docker } from "../../sandbox/docker";
import { address, checkout, domain } from "../../sandbox/settings";
import { type Ended, expectDone, onMachine, services } from "./e2e";
import { answers, cloudMachine, deleteInConsole, inConsole, inConsoles, ipv4 } from "./e2e-cloud";
import { documentedReplacement, firstFamily, hostWith } from "./e2e-families";
import { outputs, pulumi, up } from "./e2e-stack";
import { digest, runOn, steps } from "./e2e-steps";
import { eventually } from "./eventually";

/** The port table of the examples. */
export const portTable = snikketPorts({ turnPorts: relayRange(10), proxy65Port: 5000 });

/** Runs a shell script as root on the machine that a cloud made. */
export const onCloudMachine = (script: string): Promise<string> =>
  onMachine(script, { name: cloudMachine });

/** Has it answer whatever comes to a port, by default one that no table lists, until `listening-PROTOCOL` is stopped; unless something listens. */
export async function listenOn(protocol: "tcp" | "udp", port = 8080): Promise<void> {
  const [kind, serve] =
    protocol === "tcp"
      ? ["SOCK_STREAM", "s.listen()\nwhile True: s.accept()"]
      : ["SOCK_DGRAM", "while True: s.sendto(*s.recvfrom(512))"];
  const bind = `s = socket.socket(socket.AF_INET, socket.${kind})\ns.bind(('', ${port}))`;
  const bound = `[[ $(ss -Hln${protocol[0]} "sport = :${port}") ]]`;
  await onCloudMachine(`${bound} || systemd-run --quiet --collect --unit listening-${protocol} \
      --property StandardInput=file:/dev/null python3 -c "import socket\n${bind}\n${serve}"
    timeout 10 bash -c 'until ${bound}; do sleep 0.1; done'`);
}

/** The two people of the sandbox's transcript: how they come in, talk, and call through the reserved address. */
export function expectPeopleTalk({ output }: Ended): void {
  expect(output).toContain("ben joined with an invitation");
  expect(output).toMatch(/ben shares pie.txt, anna reads: Apple pie: .+ patience\./);
  const call = `anna calls ${address("peer")} through ${ipv4}:`;
  const [, returned, sent] =
    /(\d+) of (\d+) packets of sound came back/.exec(output.split(call)[1] ?? "") ?? [];
  expect(Number(returned)).toBeGreaterThan(Number(sent) / 2);
}

/** All that SSH's server is set to on it, and what that would be by the distribution's own file alone. */
const sshd = "/usr/sbin/sshd -T";
const sshdOfDistribution = `grep -v '^Include' /usr/share/openssh/sshd_config | ${sshd} -f /dev/stdin`;

/** What docs/security.md says of SSH on a machine from a cloud: some settings, all others as they are without it, and no key of root's. */
export async function expectDocumentedSsh(): Promise<void> {
  const docs = readFileSync(path.join(checkout, "docs/security.md"), "utf8");
  const rows = [...docs.matchAll(/^\| `(\w+)` \| as you have it \| `(\S+)` \|$/gm)];
  const wanted = rows.map(([, setting, value]) => `${setting} ${value}`);
  expect(wanted.length).toBeGreaterThanOrEqual(5);
  const settings = async (ask: string) => (await onCloudMachine(ask)).split("\n");
  const [effective, usual] = [await settings(sshd), await settings(sshdOfDistribution)];
  expect(wanted.filter((line) => !effective.includes(line))).toEqual([]);
  const others = (lines: string[]) =>
    lines.filter((line) => !rows.some(([, setting]) => line.startsWith(`${setting} `)));
  expect(others(effective)).toEqual(others(usual));
  expect(others(usual).length).toBeGreaterThan(50);
  const keys = await onCloudMachine("cat /root/.ssh/authorized_keys 2>/dev/null || :");
  const refused = /^no-port-forwarding,.*command="echo 'Please login/;
  expect(keys.split("\n").filter((line) => line && !refused.test(line))).toEqual([]);
}

/** Its user data, by a command that asks the cloud's metadata service for it. */
export async function expectForRootAlone(ask: string): Promise<void> {
  const told = async (user: string) =>
    (await onCloudMachine(`sudo -u ${user} ${ask} || :`)).includes("ssh_keys");
  expect(await told("root")).toBe(true);
  expect(await told("nobody")).toBe(false);
}

/** Leaves no room in its /tmp, until that is unmounted. */
export const fillTmp = () =>
  onCloudMachine("mount -t tmpfs -o size=64k tmpfs /tmp; cat /dev/zero >/tmp/x 2>/dev/null || :");

/** Gives back before it is up. */
export const reboot = () => docker(["restart", "--time", "30", cloudMachine]);

/** The containers that run on it; none where Docker does not. */
export const running = async (): Promise<string[]> => {
  const names = await onCloudMachine("docker ps --format '{{.Names}}' | sort").catch(() => "");
  return names.split("\n").filter(Boolean);
};

/** Waits until the server runs again. */
export const untilServed = () =>
  eventually(async () => {
    expect(await running()).toEqual(services);
    expect(await answers("peer", "tcp", `${ipv4}:443`)).toBe(true);
  }, 120);

/** Restarts it without its data: it comes up, and starts no server. */
export async function expectIdleAfterReboot(): Promise<void> {
  await reboot();
  const state = () => onCloudMachine("systemctl is-system-running 2>/dev/null || :");
  await eventually(async () => expect(await state()).toMatch(/^(running|degraded)$/), 120);
  expect(await running()).toEqual([]);
}

/** With its data, and with user data that is root's; asked for as above. */
export async function expectBackFromReboot(ask: string): Promise<void> {
  await reboot();
  await untilServed();
  expect(await onCloudMachine("findmnt -no FSTYPE --mountpoint /var/lib/snikket")).toBe("ext4");
  await expectForRootAlone(ask);
}

const inspect = async (format: string) =>
  (await docker(["inspect", "-f", format, cloudMachine])).stdout.trim();

/** Another one is another machine. */
const machineId = () => inspect("{{.Id}}");

/** After its cloud stopped it: `up` starts the machine, and people reach the server. */
export async function expectStartedByUp(kind: CloudKind): Promise<void> {
  await startCloud(kind, false);
  expect(await inspect("{{.State.Running}}")).toBe("false");
  expectDone(await up());
  expect(await inspect("{{.State.Running}}")).toBe("true");
  await untilServed();
}

/** After this there is another machine, and all that people see of the server is what it was. */
async function expectKeptOver(replacing: (machine: string) => Promise<void>): Promise<void> {
  const [machine, before] = [await machineId(), await seen()];
  for (const file of ["accounts/ben.dat", "archive/ben.list", "muc_log/dinner.list"])
    expect(before.data).toMatch(new RegExp(`^[0-9a-f]{64} {2}\\./.*/${file}$`, "m"));
  expect(before.data).toMatch(/\/http_file_share\/.+\.bin$/m);
  expect(before.records.map(({ outputs: { type } }) => type).sort()).toEqual([
    ...["A", "CNAME", "CNAME"],
  ]);
  await replacing(machine);
  expect(await machineId()).not.toBe(machine);
  expect(await seen()).toEqual(before);
  expect(await outputs()).toMatchObject({ ipv4 });
}

/**
 * Replaces the machine as docs/operations.md says.
 * @param withIt names of what else is replaced by the same command, such as its keys
 */
export const expectKeptOverReplacement = (kind: CloudKind, ...withIt: string[]): Promise<void> =>
  expectKeptOver((machine) => replace(kind, machine, withIt));

async function replace(kind: CloudKind, machine: string, withIt: string[]): Promise<void> {
  const [first = [], [urns = [], ...second] = [], third = []] = documentedReplacement(kind);
  const family = firstFamily(domain);
  const all = (await family.pulumi(urns)).stdout.match(/urn:\S+/g) ?? [];
  const replaced = ["host-machine", ...withIt].flatMap((name) => {
    const urn = all.find((one) => one.endsWith(`::${name}`));
    return ["--replace", urn ?? `no ${name}`];
  });
  const settings = hostWith({ protectMachine: false });
  for (const command of first) expectDone(await family.pulumi(command, settings));
  expect(await machineId()).toBe(machine);
  for (const command of second)
    expectDone(await family.pulumi([...command, ...replaced], settings));
  expect(await machineId()).not.toBe(machine);
  for (const command of third) expectDone(await family.pulumi(command));
}

/** Somebody deletes the machine in the console: a refresh shows it, and `up` makes another one. */
export const expectKeptOverDeletion = (kind: CloudKind): Promise<void> =>
  expectKeptOver(async () => {
    const plugin = plugins[kind];
    deleteInConsole(plugin, inConsole(plugin, ":Instance"));
    if (kind === "oracle") deleteInConsole(plugin, inConsole(plugin, "VolumeAttachment"));
    await startCloud(kind, false);
    const looked = await pulumi(["refresh", "--preview-only"]);
    expectDone(looked);
    expect(looked.output).toMatch(/^ - .* host-machine delete/m);
    expectDone(await up());
    await untilServed();
  });

const seen = async () => ({
  certificate: await certificate(),
  records: inConsoles().filter(({ type }) => type.startsWith("cloudflare:")),
  data: await onCloudMachine(written),
});

/** What people are known by, wrote and shared; the index of a list is made from it. */
const written = `cd /var/lib/snikket/data/prosody
  find . -regextype egrep -regex '.*/(accounts|archive|muc_log|http_file_share)/.*' -type f -not -name '*.lidx' \
    -exec sha256sum {} + | sort --key 2`;

const certificate = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = { host: ipv4, port: 443, servername: domain, rejectUnauthorized: false };
    const socket = connect(options, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    }).on("error", reject);
  });

/** Nothing is formatted, mounted or opened again, the data volume least of all. */
export async function expectPreparedTwice(): Promise<void> {
  const { "host-prepare": step } = await steps();
  const before = await digest(cloudMachine);
  expect(before.join("\n")).toContain("/etc/fstab");
  expectDone(await runOn(cloudMachine, step?.stdin ?? "false"));
  expect(await digest(cloudMachine)).toEqual(before);
}
