import { tokenOf } from "../../sandbox/chat/invitation";
import { Person } from "../../sandbox/chat/person";
import { removeContainer } from "../../sandbox/docker";
import { createMachine } from "../../sandbox/machine";
import { chatRecords, setRecords } from "../../sandbox/records";
import { address, domain } from "../../sandbox/settings";
import { bringUp, certificateOrders, type Ended, expectDone, expectNoTrace } from "../support/e2e";
import {
  type NewStack,
  newDomain,
  newMachine,
  newRecords,
  newServer,
  newStack,
  onNewMachine as on,
} from "../support/e2e-new-machine";
import {
  documentedStart,
  expectInvitation,
  type Newcomer,
  newcomerOn,
} from "../support/e2e-newcomer";
import { newLogin } from "../support/e2e-people";
import { up } from "../support/e2e-stack";
import { digest } from "../support/e2e-steps";

let family: NewStack;
/** Who begins with the README's five commands for a machine of one's own; the last two deploy, and show the invitation. */
let newcomer: Newcomer;
const [, , , deploy = "", invite = ""] = documentedStart("existing");

beforeAll(async () => {
  await bringUp({ settings: "any" });
  await setRecords([...chatRecords(), ...newRecords]);
  [family] = await Promise.all([newStack("new", { domain: newDomain }), createMachine(newMachine)]);
});

afterAll(async () => {
  await removeContainer(newMachine.name);
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
    const before = await digest(newMachine.name);
    await on(cause);
    const ended = await up(family).finally(() => on(end));
    expect(ended.code).not.toBe(0);
    expect(ended.output).toMatch(says);
    expectNoTrace(ended);
    expect(await digest(newMachine.name)).toEqual(before);
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
    newcomer = await newcomerOn(newMachine, newDomain);
    // The domain that the sandbox's own machine serves.
    const other = await newStack("elsewhere", { domain });
    [missing, elsewhere] = await Promise.all([newcomer.run(deploy), up(other)]);
  });

  it("end the up at the gate, with the records to make", () => {
    expect(missing.code).not.toBe(0);
    expect(missing.output).toContain("put this into the zone, then run `pulumi up` again:");
    for (const { name, type, value } of newRecords)
      expect(missing.output).toMatch(new RegExp(`^ +${name}\\. ${type} ${value}\\.?$`, "m"));
    expect(elsewhere.code).not.toBe(0);
    expect(elsewhere.output).toContain(
      `${domain} gives ${address("machine")}, which is not this machine`,
    );
  });

  it("have it stop before anything of the server is there, and before a certificate is asked for", async () => {
    expect(await traces()).toEqual({ docker: "", files: "", orders: before });
  });

  it("are not enough where nobody gets to port 80: the proxy alone is there, and no certificate is asked for", async () => {
    await setRecords([...chatRecords(), ...newRecords]);
    // Before the machine's own firewall, as one between would.
    const closed =
      "PREROUTING --table raw --protocol tcp --dport 80 ! --in-interface lo --jump DROP";
    await on(`iptables --insert ${closed}`);
    const ended = await newcomer.run(deploy).finally(() => on(`iptables --delete ${closed}`));
    expect(ended.code).not.toBe(0);
    expect(ended.output).toMatch(/snikket-reached .*FAILED +http +no connection to \S+:80 /);
    expect(ended.output).toContain("-> open TCP port 80 in every firewall: on the machine");
    expectNoTrace(ended);
    expect(await on("docker ps --all --format '{{.Names}}'")).toBe("snikket-proxy");
    expect(await certificateOrders()).toBe(before);
  });

  it("are all that was amiss then: the next up ends with a certificate", async () => {
    const again = await newcomer.run(deploy);
    expectDone(again);
    expect(again.output).toMatch(/snikket-verified .*ok +turn /);
    expect(await certificateOrders()).toBe(before + 1);
  });
});

describe("the first invitation of a server that nobody has joined", () => {
  let first: string;
  let second: string;

  /** What the stack hands over. */
  const invitation = async (): Promise<string> => {
    const ended = await newcomer.pulumi(["stack", "output", "--json", "--show-secrets"]);
    expectDone(ended);
    return JSON.parse(ended.stdout).invitation;
  };
  const upWith = async (changes: Record<string, unknown>) => {
    expectDone(await newcomer.pulumi(["up", "--skip-preview"], changes));
    return invitation();
  };
  const over = /^The first invitation was used, or has expired\..+ create-invite .+$/;

  it("is what the last of the five commands shows, also as a code", async () =>
    expectInvitation(await newcomer.run(invite), newServer()));

  it("opens, and is the same the next time", async () => {
    first = await invitation();
    await tokenOf(newServer(), first);
    expect(await upWith({})).toBe(first);
  });

  it("is handed over no more once it has expired, and no other is made where nothing is deployed", async () => {
    const tokens = "/var/lib/snikket/data/prosody/*/invite_token.dat";
    await on(`sed -i 's/\\["expires"\\] = [0-9]*/["expires"] = 1/' ${tokens}`);
    await expect(tokenOf(newServer(), first)).rejects.toThrow("cannot be used (any more)");
    expect(await upWith({})).toMatch(over);
  });

  it("is followed by a new one, which opens, with the next deployment", async () => {
    second = await upWith({ retentionDays: 8 });
    expect(second).not.toBe(first);
    await tokenOf(newServer(), second);
  });

  it("has no other after it once it was used", async () => {
    await (await Person.enter(newServer(), newLogin("uta"), second)).leave();
    expect(await upWith({ retentionDays: 8 })).toMatch(over);
    expect(await upWith({ retentionDays: 9 })).toMatch(over);
  });
});
