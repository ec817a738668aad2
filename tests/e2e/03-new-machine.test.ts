import { mkdirSync, rmSync } from "node:fs";
import { removeContainer } from "../../sandbox/docker";
import { newKey } from "../../sandbox/keys";
import { createMachine } from "../../sandbox/machine";
import { chatRecords, type SandboxRecord, setRecords } from "../../sandbox/records";
import { address, containerName, domain, inHome, machineUser, zone } from "../../sandbox/settings";
import { stack } from "../../sandbox/stack";
import {
  bringUp,
  certificateOrders,
  type Ended,
  expectDone,
  expectNoTrace,
  onMachine,
} from "../support/e2e";
import { pulumi, stackFileWith, up } from "../support/e2e-stack";
import { digest } from "../support/e2e-steps";

/** A second machine, as its provider delivers it, for a family that begins. */
const name = containerName("new");
const ip = address("machine").replace(/\d+$/, "41");
const own = `new.${zone}`;
const keys = { key: newKey("new"), hostKey: newKey("new") };

const ownRecords: SandboxRecord[] = [
  { name: own, type: "A", value: ip },
  { name: `groups.${own}`, type: "CNAME", value: own },
  { name: `share.${own}`, type: "CNAME", value: own },
];

/** A stack of theirs, in a state of its own that knows nothing yet. */
async function newStack(label: string, changes: Record<string, unknown>) {
  const folder = inHome("e2e", `state-${label}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const env = { PULUMI_BACKEND_URL: `file://${folder}` };
  expectDone(await pulumi(["stack", "init", stack], { env }));
  const hostKey = keys.hostKey.public.trim();
  const host = { provider: "existing", address: ip, user: machineUser, hostKey };
  const stackFile = stackFileWith(label, { host, ...changes });
  const set = ["config", "set", "--secret", "snikket:sshPrivateKey"];
  expectDone(await pulumi(set, { stackFile, env, input: keys.key.private }));
  return { env, stackFile };
}

const on = (script: string) => onMachine(script, { name });

let family: Awaited<ReturnType<typeof newStack>>;

beforeAll(async () => {
  await bringUp({ settings: "any" });
  await setRecords([...chatRecords(), ...ownRecords]);
  [family] = await Promise.all([
    newStack("new", { domain: own }),
    createMachine({ name, ip, ...keys }),
  ]);
});

afterAll(async () => {
  await removeContainer(name);
  await setRecords(chatRecords());
});

/** Shows the machine's own programs another file or disk. */
const unfit = {
  "of another distribution": {
    cause: `sed 's/^VERSION_ID=.*/VERSION_ID="11"/' /etc/os-release >/run/other && mount --bind /run/other /etc/os-release`,
    end: "umount /etc/os-release",
    says: /ERROR: This machine runs debian 11\.\n +Supported are Debian 12 and 13/,
  },
  "with too little memory": {
    cause: `sed 's/^MemTotal:.*/MemTotal: 491520 kB/' /proc/meminfo >/run/other && mount --bind /run/other /proc/meminfo`,
    end: "umount /proc/meminfo",
    says: /ERROR: This machine has 480 MB of memory\.\n +Snikket needs 1 GB/,
  },
  "with too little disk": {
    cause: "mount -t tmpfs -o size=100m tmpfs /var",
    end: "umount --lazy /var",
    says: /ERROR: \/var has 100 MB of free disk\.\n +Docker and Snikket need 4 GB/,
  },
  "on which somebody has a port": {
    cause: `systemd-run --quiet --unit taker python3 -m http.server 5222
      timeout 10 bash -c 'until ss -Hlnt sport = :5222 | grep -q .; do sleep 0.1; done'`,
    end: "systemctl stop taker",
    says: /ERROR: Port 5222\/tcp is taken by python3 \(process \d+\)\.\n +Stop it/,
  },
};

it.each(Object.entries(unfit))(
  "a machine %s is refused by an up, and left as it was",
  async (_, { cause, end, says }) => {
    const before = await digest(name);
    await on(cause);
    const ended = await up(family).finally(() => on(end));
    expect(ended.code).not.toBe(0);
    expect(ended.output).toMatch(says);
    expectNoTrace(ended);
    expect(await digest(name)).toEqual(before);
  },
);

/** What a deployment leaves, from its first image on. */
const traces = async () => ({
  docker: await on("docker images --quiet; docker ps --all --quiet; docker volume ls --quiet"),
  files: await on("find /etc/snikket /var/lib/snikket 2>/dev/null || :"),
  orders: await certificateOrders(),
});

describe("names that do not lead to a machine that never had a certificate", () => {
  let before: number;
  let missing: Ended;
  let elsewhere: Ended;

  beforeAll(async () => {
    before = await certificateOrders();
    await setRecords(chatRecords());
    // One that has seen its names lead there would not look again.
    family = await newStack("new", { domain: own });
    // The domain that the sandbox's own machine serves.
    const other = await newStack("elsewhere", { domain });
    [missing, elsewhere] = await Promise.all([up(family), up(other)]);
  });

  it("end the up at the gate, with the records to make", () => {
    expect(missing.code).not.toBe(0);
    expect(missing.output).toContain("put this into the zone, then run `pulumi up` again:");
    for (const { name, type, value } of ownRecords)
      expect(missing.output).toMatch(new RegExp(`^ +${name}\\. ${type} ${value}\\.?$`, "m"));
    expect(elsewhere.code).not.toBe(0);
    expect(elsewhere.output).toContain(
      `${domain} gives ${address("machine")}, which is not this machine`,
    );
  });

  it("have it stop before anything of the server is there, and before a certificate is asked for", async () => {
    expect(await traces()).toEqual({ docker: "", files: "", orders: before });
  });

  it("are all that was amiss: with their records, the next up ends with a certificate", async () => {
    await setRecords([...chatRecords(), ...ownRecords]);
    const again = await up(family);
    expectDone(again);
    expect(again.output).toMatch(/snikket-verified .*ok +turn /);
    expect(await certificateOrders()).toBe(before + 1);
  });
});
