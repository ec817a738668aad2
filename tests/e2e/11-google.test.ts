import { docker } from "../../sandbox/docker";
import { address, domain } from "../../sandbox/settings";
import { type Ended, expectDone, onMachine, sandbox } from "../support/e2e";
import { answers, cloudMachine, inConsoles, ipv4, letFail } from "../support/e2e-cloud";
import {
  documentedEnd,
  expectPlainWords,
  firstFamily,
  hostWith,
  traces,
} from "../support/e2e-families";
import { newcomer } from "../support/e2e-newcomer";
import { outputs, summary } from "../support/e2e-stack";

const inCloud = () => sandbox(["--cloud", "google"]);
const here = { name: cloudMachine };

let first: Ended;

beforeAll(async () => {
  expectDone(await sandbox(["down"]));
  first = await inCloud();
  expectDone(first);
});

afterAll(async () => expectDone(await sandbox(["down"])));

describe("npm run sandbox -- --cloud google", () => {
  it("shows two people who join, chat, share a file and call through the reserved address", async () => {
    expect(first.output).toContain("ben joined with an invitation");
    expect(first.output).toMatch(/ben shares pie.txt, anna reads: Apple pie: .+ patience\./);
    expect(first.output).toMatch(
      new RegExp(`anna calls ${address("peer")} through ${ipv4}:\\d+: [1-9]\\d* of 25 packets`),
    );
    expect(await outputs()).toMatchObject({ ipv4 });
  });

  it("changes nothing the second time", async () => {
    const second = await inCloud();
    expectDone(second);
    expect(summary(second)).toEqual({ unchanged: summary(first).created });
  });

  it("lets SSH in from the operator alone", async () => {
    expect(await answers("peer", "tcp", `${ipv4}:443`)).toBe(true);
    expect(await answers("peer", "tcp", `${ipv4}:22`)).toBe(false);
  });
});

describe("the machine", () => {
  const userData = `curl -sS -m 5 -H 'Metadata-Flavor: Google' \
    http://169.254.169.254/computeMetadata/v1/instance/attributes/user-data`;
  const mayRead = async (user: string) =>
    (await onMachine(`sudo -u ${user} ${userData} 2>&1 || true`, here)).includes("ssh_keys");
  const hostKey = () => onMachine("cat /etc/ssh/ssh_host_ed25519_key.pub", here);

  it("shows its user data to root alone", async () => {
    expect(await mayRead("root")).toBe(true);
    expect(await mayRead("nobody")).toBe(false);
  });

  it("keeps data and user data over a reboot", async () => {
    await docker(["restart", "--time", "30", cloudMachine]);
    await onMachine("timeout 90 bash -c 'until docker ps; do sleep 1; done' >/dev/null 2>&1", here);
    expect(await onMachine("findmnt -no FSTYPE --mountpoint /var/lib/snikket", here)).toBe("ext4");
    expect(await mayRead("nobody")).toBe(false);
  });

  it("keeps the host key that was made for it, though Google's agent would make another", async () => {
    const own = await hostKey();
    const again = "rm -f /etc/google_instance_id; google-guest-agent";
    await onMachine(again, here);
    expect(await hostKey()).toBe(own);
    await onMachine(`rm /etc/default/instance_configs.cfg; ${again}; systemctl restart ssh`, here);
    expect(await hostKey()).not.toBe(own);
    expect((await sandbox(["ssh", "true"])).code).not.toBe(0);
  });
});

describe("a preview", () => {
  afterAll(() => letFail());

  it("says so where Google does not accept who asks", async () => {
    const error =
      "googleapi: Error 401: Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.\nMore details:\nReason: authError, Message: Invalid Credentials";
    letFail({ when: "read gcp:", error, times: 99 });
    const ended = await (await newcomer("google")).pulumi(["preview"]);
    expect(ended.code).not.toBe(0);
    expectPlainWords(ended);
    expect(ended.output).toContain(
      "Google does not accept who asks: googleapi: Error 401: Request",
    );
    expect(ended.output).toContain("gcloud auth application-default login");
  });
});

describe("pulumi destroy", () => {
  const family = firstFamily(domain);

  it("is refused, and nothing is touched", async () => {
    const before = [family.resources(), inConsoles()];
    const ended = await family.pulumi(["destroy", "--yes", "--skip-preview"]);
    expect(ended.code).not.toBe(0);
    expect(ended.output).toMatch(/cannot be deleted\s+because it is protected/);
    expect([family.resources(), inConsoles()]).toEqual(before);
  });

  it("as documented leaves nothing", async () => {
    for (const command of documentedEnd())
      expectDone(await family.pulumi(command, hostWith({ protectMachine: false })));
    expect(inConsoles()).toEqual([]);
    expect(await traces()).toEqual([]);
  });
});
