import { startCloud } from "../../sandbox/cloud/cloud";
import { account } from "../../sandbox/settings";
import { pulumiHome } from "../../sandbox/stack";
import { forget, keep, type Resource } from "../../sandbox/stand-ins/store";
import { type Ended, expectDone, sandbox } from "../support/e2e";
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
  expectStartedByUp,
  listenOn,
  onCloudMachine,
  untilServed,
} from "../support/e2e-cloud-machine";
import { expectLetIn, expectTcpAsListed, nowAndThen, udpRows } from "../support/e2e-cloud-ports";
import { expectPlainWords } from "../support/e2e-families";
import { expectRefused, expectToldOfCredentials, refusals } from "../support/e2e-google-refused";
import { outputs, pulumi, summary, up } from "../support/e2e-stack";

const inCloud = () => sandbox(["--cloud", "google"]);

let full: Ended;
let first: Ended;

/** Somebody else's firewall rules in the same project, which may have one more. */
const others = Array.from({ length: 99 }, (_, index): Resource => {
  const outputs = { name: `other-${index}`, network: "other" };
  const id = `projects/${account.project}/global/firewalls/${outputs.name}`;
  return { type: "gcp:compute/firewall:Firewall", id, inputs: outputs, outputs };
});

beforeAll(async () => {
  expectDone(await sandbox(["down"]));
  process.env.PULUMI_HOME = pulumiHome;
  for (const other of others) keep("gcp", other);
  full = await inCloud();
  for (const { id } of others) forget("gcp", id);
  first = await inCloud();
  expectDone(first);
});

describe("npm run sandbox -- --cloud google", () => {
  it("stops where the project may have no more firewall rules, and goes on when it may", () => {
    expect(full.code).toBe(1);
    expectPlainWords(full);
    expect(full.output).toMatch(/Quota 'FIREWALLS' exceeded\..*, quotaExceeded/);
    expect(summary(full).created).toBeGreaterThan(5);
    expect(summary(first).unchanged).toBeGreaterThan(5);
  });

  it("shows two people who join, chat, share a file and call through the reserved address", async () => {
    expectPeopleTalk(first);
    expect(await outputs()).toMatchObject({ ipv4 });
  });

  it("changes nothing the second time", async () => {
    const second = await inCloud();
    expectDone(second);
    const { created = 0, unchanged = 0 } = summary(first);
    expect(summary(second)).toEqual({ unchanged: created + unchanged });
  });
});

/** Which of these TCP ports answer to somebody on the internet. */
const open = async (...ports: number[]): Promise<number[]> => {
  const dial = async (port: number) => [port, await answers("peer", "tcp", `${ipv4}:${port}`)];
  return (await Promise.all(ports.map(dial))).flatMap(([port, open]) => (open ? Number(port) : []));
};

describe("what comes in", () => {
  it("is by TCP what the port table lists, of all 65,535 ports", expectTcpAsListed);

  it.each(udpRows)("is by UDP what the port table lists: $name", async ({ from }) =>
    expect(await answers("peer", "udp", `${ipv4}:${from}`)).toBe(true),
  );

  it.each(nowAndThen)("is by $protocol $port, once something listens: $name", expectLetIn);

  it("is SSH from the operator alone", async () => {
    expect(await open(22, 443)).toEqual([443]);
    expect((await sandbox(["ssh", "true"])).code).toBe(0);
  });

  describe.each(["tcp", "udp"] as const)("by %s, to a listener on an unlisted port", (protocol) => {
    beforeAll(() => listenOn(protocol));
    afterAll(() => onCloudMachine(`systemctl stop listening-${protocol}`));

    it("is nothing: the machine lets it in, for nothing refuses there, and Google drops it", async () => {
      const inside = `${inConsole("gcp", ":Instance").outputs.privateIp}:8080`;
      expect(await answers("cloud", protocol, inside)).toBe(true);
      expect(await answers("peer", protocol, `${ipv4}:8080`)).toBe(false);
    });
  });
});

describe("the machine", () => {
  const userData = `curl -sS -m 5 -H 'Metadata-Flavor: Google' \
    http://169.254.169.254/computeMetadata/v1/instance/attributes/user-data`;

  it("has SSH as docs/security.md says, and opens nothing to root's key", expectDocumentedSsh);

  it("shows its user data to root alone", () => expectForRootAlone(userData));

  it("comes back from a reboot, with its data, and with user data that is root's", () =>
    expectBackFromReboot(userData));

  it("is started again by up, where Google stopped it", async () => {
    const stopped = { desiredStatus: "TERMINATED", currentStatus: "TERMINATED" };
    changeInConsole("gcp", inConsole("gcp", ":Instance"), stopped);
    await expectStartedByUp("google");
  });

  it("has its data disk again after up, where somebody detached it and restarted the machine", async () => {
    changeInConsole("gcp", inConsole("gcp", ":Instance"), { attachedDisks: [] });
    await startCloud("google", false);
    await expectIdleAfterReboot();
    const planned = await pulumi(["preview"]);
    expect(planned.output).toMatch(/^ ~ .* host-machine update/m);
    expect(planned.output).toMatch(
      / snikket-proxy, .*did not run\. pulumi up starts what should\./,
    );
    expectDone(await up());
    await untilServed();
    // What people wrote is looked for below.
    await onCloudMachine("mountpoint --quiet /var/lib/snikket");
  });

  it("has its rules again after up, where somebody deleted one and opened SSH to the world", async () => {
    deleteInConsole("gcp", inConsole("gcp", "Firewall", '-tcp"'));
    changeInConsole("gcp", inConsole("gcp", "Firewall", '-ssh"'), { sourceRanges: ["0.0.0.0/0"] });
    await startCloud("google", false);
    expect(await open(22, 443)).toEqual([22]);
    const planned = await pulumi(["preview"]);
    expect(planned.output).toMatch(/^ \+ .* host-firewall-tcp create/m);
    expect(planned.output).toMatch(/^ ~ .* host-firewall-ssh update/m);
    expectDone(await up());
    expect(await open(22, 443)).toEqual([443]);
  });

  it("keeps address, records, certificate, and what people wrote, when it is replaced", async () => {
    await expectKeptOverReplacement("google");
    expect(inConsole("gcp", ":Instance").outputs.deletionProtection).toBe(true);
  });

  it("keeps them when somebody deletes it in the console", () => expectKeptOverDeletion("google"));
});

describe("a preview", () => {
  afterAll(() => letFail());

  it.each(refusals)("is refused where $name", expectRefused);

  it("says where Google is told who asks, where nobody does", expectToldOfCredentials);
});
