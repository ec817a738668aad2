import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { relayRange, snikketPorts } from "../../components/snikket/ports";
import { startCloud } from "../../sandbox/cloud/cloud";
import { docker } from "../../sandbox/docker";
import { address, checkout, domain } from "../../sandbox/settings";
import { stack, stackEnvironment } from "../../sandbox/stack";
import { openTcp } from "../support/attack-scan";
import { command, type Ended, expectDone, onMachine, sandbox, services } from "../support/e2e";
import {
  answers,
  changeInConsole,
  cloudMachine,
  deleteInConsole,
  inConsole,
  ipv4,
  letFail,
} from "../support/e2e-cloud";
import { hostWith } from "../support/e2e-families";
import { outputs, pulumi, resources, stackFileWith, summary } from "../support/e2e-stack";

const inCloud = () => sandbox(["--cloud", "oracle"]);
const here = { name: cloudMachine };

let full: Ended;
let first: Ended;

beforeAll(async () => {
  expectDone(await sandbox(["down"]));
  const noRoom = { when: "room in", error: "OUT_OF_HOST_CAPACITY", times: 3 };
  letFail(noRoom);
  full = await inCloud();
  first = await inCloud();
  expectDone(first);
});

// It stays: the next files go on in it.

describe("npm run sandbox -- --cloud oracle", () => {
  it("says so where Oracle has no room anywhere, and goes on when it has", () => {
    expect(full.code).toBe(1);
    expect(full.output).toContain("Oracle has no room now for a machine of the shape");
    expect(summary(full).created).toBeGreaterThan(20);
    expect(summary(first).unchanged).toBeGreaterThan(20);
  });

  it("shows two people who join, chat, share a file and call through the reserved address", async () => {
    expect(first.output).toContain("ben joined with an invitation");
    expect(first.output).toMatch(/ben shares pie.txt, anna reads: Apple pie: .+ patience\./);
    const call = `anna calls ${address("peer")} through ${ipv4}:`;
    const [, returned, sent] =
      /(\d+) of (\d+) packets of sound came back/.exec(first.output.split(call)[1] ?? "") ?? [];
    expect(Number(returned)).toBeGreaterThan(Number(sent) / 2);
    expect(await outputs()).toMatchObject({ ipv4, url: `https://${domain}/` });
  });

  it("has a machine that one gets onto as docs/operations.md says", async () => {
    const docs = readFileSync(path.join(checkout, "docs/operations.md"), "utf8");
    const lines = /which is in the state:\n\n([\s\S]*?)\n\n/.exec(docs)?.[1] ?? "";
    const script = lines
      .replaceAll("--stack home", `--stack ${stack}`)
      .replace("ssh -i", "ssh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -i");
    const folder = mkdtempSync(path.join(tmpdir(), "e2e-home-"));
    mkdirSync(path.join(folder, ".ssh"));
    const env = { ...process.env, ...stackEnvironment(), HOME: folder };
    const ended = await command("bash", ["-euc", `${script} sudo docker ps --format {{.Names}}`], {
      env,
    });
    rmSync(folder, { recursive: true });
    expectDone(ended);
    expect(ended.stdout.trim().split("\n").sort()).toEqual(services);
  });

  it("changes nothing the second time", async () => {
    const second = await inCloud();
    expectDone(second);
    expect(Object.keys(summary(second))).toEqual(["unchanged"]);
  });

  it("refuses another kind of sandbox in its place", async () => {
    const { code, output } = await sandbox();
    expect(code).toBe(1);
    expect(output).toContain("This sandbox was started with --cloud oracle, not without --cloud.");
  });
});

describe("what comes in", () => {
  const table = snikketPorts({ turnPorts: relayRange(10), proxy65Port: 5000 });
  const listening = table.filter(({ listens }) => listens === "always");
  const udp = listening.filter(({ protocol }) => protocol === "udp");

  it("is by TCP what the port table lists, of all 65,535 ports", async () => {
    const open = (await openTcp(ipv4)).map((port) => `tcp ${port}`);
    const inTable = table.map(({ protocol, from }) => `${protocol} ${from}`);
    expect(open.filter((port) => !inTable.includes(port))).toEqual([]);
    const tcp = listening.filter(({ protocol }) => protocol === "tcp");
    expect(open).toEqual(expect.arrayContaining(tcp.map(({ from }) => `tcp ${from}`)));
  });

  it.each(udp)("is by UDP what the port table lists: $name", async ({ from }) =>
    expect(await answers("peer", "udp", `${ipv4}:${from}`)).toBe(true),
  );

  it("is SSH from the operator alone", async () => {
    expect(await answers("peer", "tcp", `${ipv4}:22`)).toBe(false);
    expect((await sandbox(["ssh", "true"])).code).toBe(0);
  });

  describe.each(["tcp", "udp"] as const)("by %s, to a listener on an unlisted port", (protocol) => {
    const rule = `INPUT -p ${protocol} --dport 8080 -j ACCEPT`;
    const inside = () => `${inConsole("oci", "privateIp").outputs.ipAddress}:8080`;

    beforeAll(() => onMachine(listen(protocol), here));
    afterAll(() => onMachine(`systemctl stop unlisted-${protocol}`, here));

    it("is nothing: the machine's own firewall refuses it", async () => {
      expect(await answers("cloud", protocol, inside())).toBe(false);
    });

    it("is nothing either where the machine would let it in: the cloud's drops it", async () => {
      await onMachine(`iptables -I ${rule}`, here);
      try {
        expect(await answers("cloud", protocol, inside())).toBe(true);
        expect(await answers("peer", protocol, `${ipv4}:8080`)).toBe(false);
      } finally {
        await onMachine(`iptables -D ${rule}`, here);
      }
    });
  });
});

/** Answers whatever comes to port 8080. */
const listen = (protocol: "tcp" | "udp"): string => {
  const echo =
    protocol === "tcp"
      ? "s.listen()\\nwhile True: s.accept()"
      : "while True: s.sendto(*s.recvfrom(512))";
  const kind = protocol === "tcp" ? "SOCK_STREAM" : "SOCK_DGRAM";
  const program = `import socket\\ns = socket.socket(socket.AF_INET, socket.${kind})\\ns.bind(('', 8080))\\n${echo}\\n`;
  return `systemd-run --quiet --unit unlisted-${protocol} --property StandardInput=file:/dev/null \
    python3 -c "$(printf "${program}")"; sleep 1`;
};

describe("the machine", () => {
  const userData = `curl -sS -m 5 -H 'Authorization: Bearer Oracle' \
    http://169.254.169.254/opc/v2/instance/metadata/user_data`;
  const mayRead = async (user: string) =>
    (await onMachine(`sudo -u ${user} ${userData} 2>&1 | base64 -di || true`, here)).includes(
      "ssh_keys",
    );
  const running = () => onMachine("docker ps --format '{{.Names}}' | sort", here).catch(() => "");

  it("has SSH as docs/security.md says, and opens nothing to root's key", async () => {
    const docs = readFileSync(path.join(checkout, "docs/security.md"), "utf8");
    const rows = [...docs.matchAll(/^\| `(\w+)` \| as you have it \| `(\S+)` \|$/gm)];
    const wanted = rows.map(([, setting, value]) => `${setting} ${value}`);
    expect(wanted.length).toBeGreaterThanOrEqual(5);
    const effective = (await onMachine("/usr/sbin/sshd -T", here)).split("\n");
    expect(wanted.filter((line) => !effective.includes(line))).toEqual([]);
    const keys = await onMachine("cat /root/.ssh/authorized_keys 2>/dev/null || :", here);
    const refused = /^no-port-forwarding,.*command="echo 'Please login/;
    expect(keys.split("\n").filter((line) => line && !refused.test(line))).toEqual([]);
  });

  it("shows its user data to root alone", async () => {
    expect(await mayRead("root")).toBe(true);
    expect(await mayRead("nobody")).toBe(false);
  });

  it("comes back from a reboot, with its data, and with user data that is root's", async () => {
    await docker(["restart", "--time", "30", cloudMachine]);
    await until(async () => (await running()) === services.join("\n"));
    expect(await onMachine("findmnt -no FSTYPE --mountpoint /var/lib/snikket", here)).toBe("ext4");
    expect(await mayRead("root")).toBe(true);
    expect(await mayRead("nobody")).toBe(false);
  });

  it("starts nothing after a reboot without its volume, and says why", async () => {
    const attachment = inConsole("oci", "VolumeAttachment");
    deleteInConsole("oci", attachment);
    await startCloud("oracle", false);
    await docker(["restart", "--time", "30", cloudMachine]);
    const state = () => onMachine("systemctl is-system-running 2>/dev/null || :", here);
    await until(async () => /^(running|degraded)$/.test(await state()));
    expect(await running()).toBe("");
    const why = await onMachine("systemctl status --no-pager docker.service || :", here);
    expect(why).toContain("Dependency failed for docker.service");
    changeInConsole("oci", attachment, {});
    await startCloud("oracle", false);
    await docker(["restart", "--time", "30", cloudMachine]);
    await until(async () => (await running()) === services.join("\n"));
  });

  it("is started again by up, where Oracle stopped it", async () => {
    changeInConsole("oci", inConsole("oci", ":Instance"), { state: "STOPPED" });
    await startCloud("oracle", false);
    expect(await isRunning()).toBe(false);
    const ended = await pulumi(["up", "--yes", "--skip-preview", "--refresh"]);
    expectDone(ended);
    expect(await isRunning()).toBe(true);
  });

  it("has its rules again after up, where somebody deleted one", async () => {
    deleteInConsole("oci", inConsole("oci", "SecurityRule", '"min":443'));
    await startCloud("oracle", false);
    expect(await answers("peer", "tcp", `${ipv4}:443`)).toBe(false);
    const seen = await pulumi(["preview", "--refresh", "--diff"]);
    expect(seen.output).toContain("host-rule-https");
    expectDone(await pulumi(["up", "--yes", "--skip-preview", "--refresh"]));
    expect(await answers("peer", "tcp", `${ipv4}:443`)).toBe(true);
  });

  it("keeps address, records, people and certificate when it is replaced", async () => {
    const kept = async () => [await certificate(), inConsole("cloudflare", "Dns", '"A"').id];
    const [machine, before] = [await machineId(), await kept()];
    const urn = Object.keys(resources()).find((name) => name.endsWith("::host-machine")) ?? "";
    const stackFile = stackFileWith("unprotected", hostWith({ protectMachine: false }));
    const args = ["up", "--yes", "--skip-preview", "--replace", urn];
    expectDone(await pulumi(args, { stackFile }));
    expect(await machineId()).not.toBe(machine);
    expect(await kept()).toEqual(before);
    expect(await outputs()).toMatchObject({ ipv4 });
    const accounts = await onMachine("ls /var/lib/snikket/data/prosody/*/accounts", here);
    expect(accounts.split("\n")).toEqual(["anna.dat", "ben.dat"]);
  });
});

const isRunning = async () =>
  (await docker(["inspect", "-f", "{{.State.Running}}", cloudMachine])).stdout.trim() === "true";

const machineId = async () => (await docker(["inspect", "-f", "{{.Id}}", cloudMachine])).stdout;

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let left = 120; !(await condition()); left--) {
    if (left === 0) throw new Error("it did not come true within two minutes");
    await sleep(1000);
  }
}

const certificate = (): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = { host: ipv4, port: 443, servername: domain, rejectUnauthorized: false };
    const socket = connect(options, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    }).on("error", reject);
  });
