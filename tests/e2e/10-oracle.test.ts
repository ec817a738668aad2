import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { startCloud } from "../../sandbox/cloud/cloud";
import { address, domain } from "../../sandbox/settings";
import { stack, stackEnvironment } from "../../sandbox/stack";
import { operations } from "../support/documented";
import { command, type Ended, expectDone, sandbox, services } from "../support/e2e";
import {
  answers,
  changeInConsole,
  deleteInConsole,
  inConsole,
  ipv4,
  letFail,
} from "../support/e2e-cloud";
import {
  expectBackFromReboot,
  expectDocumentedSsh,
  expectForRootAlone,
  expectIdleAfterReboot,
  expectKeptOverDeletion,
  expectKeptOverReplacement,
  expectPeopleTalk,
  expectPreparedTwice,
  expectStartedByUp,
  listenOn,
  onCloudMachine,
  reboot,
  untilServed,
} from "../support/e2e-cloud-machine";
import { expectLetIn, expectTcpAsListed, nowAndThen, udpRows } from "../support/e2e-cloud-ports";
import { keysInState } from "../support/e2e-secrets";
import { outputs, pulumi, summary, up } from "../support/e2e-stack";

const inCloud = () => sandbox(["--cloud", "oracle"]);

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
    expectPeopleTalk(first);
    expect(await outputs()).toMatchObject({ ipv4, url: `https://${domain}/` });
  });

  it("has a machine that one gets onto as docs/operations.md says", async () => {
    const docs = operations();
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
  it("is by TCP what the port table lists, of all 65,535 ports", expectTcpAsListed);

  it.each(udpRows)("is by UDP what the port table lists: $name", async ({ from }) =>
    expect(await answers("peer", "udp", `${ipv4}:${from}`)).toBe(true),
  );

  it.each(nowAndThen)("is by $protocol $port, once something listens: $name", expectLetIn);

  it("is SSH from the operator alone", async () => {
    expect(await answers("peer", "tcp", `${ipv4}:22`)).toBe(false);
    expect((await sandbox(["ssh", "true"])).code).toBe(0);
  });

  describe.each(["tcp", "udp"] as const)("by %s, to a listener on an unlisted port", (protocol) => {
    const rule = `INPUT -p ${protocol} --dport 8080 -j ACCEPT`;
    const inside = () => `${inConsole("oci", "privateIp").outputs.ipAddress}:8080`;

    beforeAll(() => listenOn(protocol));
    afterAll(() => onCloudMachine(`systemctl stop listening-${protocol}`));

    it("is nothing: the machine's own firewall refuses it", async () => {
      expect(await answers("cloud", protocol, inside())).toBe(false);
    });

    it("is nothing either where the machine would let it in: the cloud's drops it", async () => {
      await onCloudMachine(`iptables -I ${rule}`);
      try {
        expect(await answers("cloud", protocol, inside())).toBe(true);
        expect(await answers("peer", protocol, `${ipv4}:8080`)).toBe(false);
      } finally {
        await onCloudMachine(`iptables -D ${rule}`);
      }
    });
  });
});

describe("the machine", () => {
  const userData = `curl -sS -m 5 -H 'Authorization: Bearer Oracle' \
    http://169.254.169.254/opc/v2/instance/metadata/user_data | base64 -di`;

  it("has SSH as docs/security.md says, and opens nothing to root's key", expectDocumentedSsh);

  it("shows its user data to root alone", () => expectForRootAlone(userData));

  it("comes back from a reboot, with its data, and with user data that is root's", () =>
    expectBackFromReboot(userData));

  it("is as it was when it is prepared a second time", expectPreparedTwice);

  it("starts nothing after a reboot without its volume, and says why", async () => {
    const attachment = inConsole("oci", "VolumeAttachment");
    deleteInConsole("oci", attachment);
    await startCloud("oracle", false);
    await expectIdleAfterReboot();
    const why = await onCloudMachine("systemctl status --no-pager docker.service || :");
    const needs = "docker.service - Docker, which needs the data volume at /var/lib/snikket";
    expect(why).toContain(`Dependency failed for ${needs}`);
    changeInConsole("oci", attachment, {});
    await startCloud("oracle", false);
    await reboot();
    await untilServed();
  });

  it("is started again by up, where Oracle stopped it", async () => {
    changeInConsole("oci", inConsole("oci", ":Instance"), { state: "STOPPED" });
    await expectStartedByUp("oracle");
  });

  it("has its rules again after up, where somebody deleted one", async () => {
    deleteInConsole("oci", inConsole("oci", "SecurityRule", '"min":443'));
    await startCloud("oracle", false);
    expect(await answers("peer", "tcp", `${ipv4}:443`)).toBe(false);
    const planned = await pulumi(["preview", "--diff"]);
    expect(planned.output).toContain("host-rule-https");
    expectDone(await up());
    expect(await answers("peer", "tcp", `${ipv4}:443`)).toBe(true);
  });

  it("has a rule as it was again after up, where somebody opened it to the world", async () => {
    const rule = inConsole("oci", "SecurityRule", '"min":22');
    const own = `${address("operator")}/32`;
    changeInConsole("oci", rule, { source: "0.0.0.0/0" });
    await startCloud("oracle", false);
    expect(await answers("peer", "tcp", `${ipv4}:22`)).toBe(true);
    const planned = await pulumi(["preview", "--diff"]);
    expect(planned.output).toContain("::host-rule-ssh-");
    expect(planned.output).toMatch(new RegExp(`~ source *: "0.0.0.0/0" => "${own}"`));
    expect(summary(planned)).toEqual({ "to update": 1, unchanged: expect.any(Number) });
    expectDone(await up());
    expect(inConsole("oci", "SecurityRule", '"min":22').outputs.source).toBe(own);
    expect(await answers("peer", "tcp", `${ipv4}:22`)).toBe(false);
  });

  it("has its record as it was again after up, where somebody changed it at Cloudflare", async () => {
    const aRecord = () => inConsole("cloudflare", "DnsRecord", '"type":"A"');
    const before = aRecord();
    changeInConsole("cloudflare", before, { proxied: true, content: address("peer") });
    const planned = await pulumi(["preview", "--diff"]);
    expect(planned.output).toMatch(/~ proxied *: true => false/);
    expect(planned.output).toMatch(new RegExp(`~ content *: "${address("peer")}" => "${ipv4}"`));
    expect(summary(planned)).toEqual({ "to update": 1, unchanged: expect.any(Number) });
    expectDone(await up());
    expect(aRecord().outputs).toEqual(before.outputs);
  });

  it("keeps address, records, certificate, and what people wrote, when it is replaced, and its keys with it", async () => {
    const before = await keysInState();
    const docs = operations();
    const [, line = ""] = /^\| the keys of a machine from a cloud(.*)$/m.exec(docs) ?? [];
    const [machine, ...keys] = [...line.matchAll(/`::([\w-]+)`/g)].map(([, name = ""]) => name);
    expect([machine, keys.length]).toEqual(["host-machine", 2]);
    await expectKeptOverReplacement("oracle", ...keys);
    const after = Object.values(await keysInState());
    expect(after.length).toBeGreaterThan(5);
    expect(Object.values(before).filter((line) => after.includes(line))).toEqual([]);
  });

  it("keeps them when somebody deletes it in the console", () => expectKeptOverDeletion("oracle"));
});
