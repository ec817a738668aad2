import { verify } from "../../components/snikket/verify";
import { target } from "../../sandbox/chat/server";
import { docker } from "../../sandbox/docker";
import { newKey } from "../../sandbox/keys";
import { chatRecords, setRecords } from "../../sandbox/records";
import { address, containerName, domain, machineUser, zone } from "../../sandbox/settings";
import {
  bringUp,
  certificateOrders,
  containerIds,
  type Ended,
  expectDone,
  onMachine,
  server,
} from "../support/e2e";
import { copyOfState, pulumi, resources, stackFileWith, summary, up } from "../support/e2e-stack";
import { eventually } from "../support/eventually";
import { describeBareMachine } from "./03-bare-machine";
import { describeUnreachable, dialUnreachable, hangUp } from "./03-unreachable";

const machineIp = address("machine");
const elsewhere = address("peer");
const wanted = [
  `${domain}. A ${machineIp}`,
  `groups.${domain}. CNAME ${domain}.`,
  `share.${domain}. CNAME ${domain}.`,
];

const untouched = async () => ({
  containers: await containerIds(),
  files: await onMachine("find /etc/snikket -type f -exec sha256sum {} + | sort"),
  orders: await certificateOrders(),
});

/** What the machine's SSH server says from now on: by its name, for the journal seldom knows the unit of what has ended. */
async function sshLog(): Promise<() => Promise<string>> {
  const look = "journalctl --quiet --identifier sshd --identifier sshd-session --output cat";
  const cursor = await onMachine(`${look} --lines 1 --show-cursor | sed -n 's/^-- cursor: //p'`);
  return () => onMachine(`${look} --after-cursor '${cursor}'`);
}

/** What sshd says of the connection that ended in the key exchange; others work on the machine at the same time. */
const withoutLogin = (log: () => Promise<string>): Promise<string[]> =>
  eventually(async () => {
    const seen = await log();
    const port = /(port \d+)\b.*\[preauth\]/.exec(seen)?.[1];
    if (!port) throw new Error(`sshd tells of no connection that ended before a login: ${seen}`);
    return seen.split("\n").filter((line) => new RegExp(`${port}\\b`).test(line));
  }, 10);

let before: Awaited<ReturnType<typeof untouched>>;
/** An `up` that waits its minute for the names; the other ones run beside it. */
let atTheGate: Promise<Ended>;
/** One that asks a name server which leads to another machine. */
let ledElsewhere: Promise<Ended>;
const changed = () => stackFileWith("changed", { retentionDays: 8 });

beforeAll(async () => {
  await bringUp();
  before = await untouched();
  expect(before.orders).toBeGreaterThan(0);
  await setRecords([]);
  await dialUnreachable();
  await inPeer(
    `pidof dnsmasq || dnsmasq --no-resolv --local=/${domain}/ --address=/${domain}/${elsewhere}`,
  );
  const asking = stackFileWith("elsewhere", { nameservers: [elsewhere] });
  ledElsewhere = up({ stackFile: asking, env: copyOfState("elsewhere") });
  atTheGate = up({ stackFile: changed() });
});

afterAll(async () => {
  await Promise.allSettled([ledElsewhere, atTheGate]);
  await hangUp();
  await inPeer("kill $(pidof dnsmasq)");
  await setRecords(chatRecords());
});

const inPeer = (script: string) => docker(["exec", containerName("peer"), "sh", "-c", script]);

describe("a machine that is not the one, or lets nobody in", () => {
  it("with another host key is sent nothing", async () => {
    const log = await sshLog();
    const env = copyOfState("stranger");
    const known = resources(env);
    const { public: hostKey } = newKey("stranger");
    const host = { provider: "existing", address: machineIp, user: machineUser, hostKey };
    const { code, output, seconds } = await up({
      stackFile: stackFileWith("stranger", { host }),
      env,
    });
    expect(code).not.toBe(0);
    expect(output).toContain(
      `${machineUser}@${machineIp} port 22 shows another host key than the configured one. Nothing was sent.`,
    );
    expect(output).toContain(`ssh-keyscan -t ed25519 ${machineIp}`);
    expect(seconds).toBeLessThan(30);
    // The connection ended in the key exchange: nobody gave a name, let alone a key or a command.
    const own = await withoutLogin(log);
    expect(own.join("\n")).not.toMatch(/Accepted|Failed|publickey|user/);
    expect(resources(env)).toEqual(known);
  });

  it("is told of a private key that it does not know", async () => {
    const env = copyOfState("intruder");
    const known = resources(env);
    const stackFile = stackFileWith("intruder", {});
    const set = ["config", "set", "--secret", "snikket:sshPrivateKey"];
    const { private: key } = newKey("intruder");
    expectDone(await pulumi(set, { stackFile, env, input: key }));
    const { code, output } = await up({ stackFile, env });
    expect(code).not.toBe(0);
    expect(output).toContain("refuses the private key in snikket:sshPrivateKey");
    expect(output).toContain(`~${machineUser}/.ssh/authorized_keys`);
    expect(output).not.toContain(key.split("\n")[2]);
    expect(resources(env)).toEqual(known);
  });
});

describe("a bare machine", describeBareMachine);

describe("a machine that gives no SSH", describeUnreachable);

describe("names that do not lead to the machine", () => {
  it("end the up at the gate, with the records to make", async () => {
    const { code, output, seconds } = await atTheGate;
    expect(code).not.toBe(0);
    for (const record of wanted) expect(output).toMatch(new RegExp(`^ +${record}$`, "m"));
    expect(output).toContain("put this into the zone, then run `pulumi up` again:");
    expect(output).toMatch(/waiting up to \d+ s more for dns: /);
    expect(seconds).toBeGreaterThan(60);
    expect(seconds).toBeLessThan(100);
    expect(await untouched()).toEqual(before);
  });

  it("end it, too, where they lead elsewhere", async () => {
    const { code, output } = await ledElsewhere;
    expect(code).not.toBe(0);
    expect(output).toContain(`${domain} gives ${elsewhere}, which is not this machine`);
    expect(output).toMatch(new RegExp(`put this into the zone, .*:\\s+${wanted[0]}$`, "m"));
    expect(await untouched()).toEqual(before);
  });

  const look = async () => {
    const nameservers = [address("dns")];
    const [dns] = await verify({ ...target(server()), nameservers, only: ["dns"] });
    return dns;
  };

  it("are told from those one level too high", async () => {
    const own = chatRecords().filter(({ name }) => name === domain);
    const high = { name: `groups.${zone}`, type: "CNAME", value: domain } as const;
    await setRecords([...own, high]);
    expect(await look()).toMatchObject({
      ok: false,
      saw: `groups.${domain} has no record, but groups.${zone} has it: that is the wrong level; share.${domain} has no record`,
      remedy: expect.stringContaining(`\n${wanted[1]}\n${wanted[2]}`),
    });
  });

  it("are enough with the records back: the next up goes on", async () => {
    await setRecords(chatRecords());
    const again = await up({ stackFile: changed() });
    expectDone(again);
    // Docker was looked at by the one that ended at the gate.
    expect(summary(again)).toMatchObject({ updated: 5 });
    expect(await onMachine("docker exec snikket printenv SNIKKET_RETENTION_DAYS")).toBe("8");
    expect(await certificateOrders()).toBe(before.orders);
  });
});
