import { address, machineUser } from "../../sandbox/settings";
import { type Ended, onMachine } from "../support/e2e";
import { copyOfState, resources, stackFileWith, up } from "../support/e2e-stack";

const machineIp = address("machine");

/** A port of the machine where nothing listens, and one behind a firewall that drops. */
const [refusing, dropping] = [2222, 2223];

/** How an `up` ended, and the stack's resources before and after. */
interface Dialled {
  ended: Ended;
  before: Record<string, string>;
  after: Record<string, string>;
}

const dialled: Record<number, Promise<Dialled>> = {};

async function upAt(port: number, hostKey: string | undefined): Promise<Dialled> {
  const env = copyOfState(`port-${port}`);
  const before = resources(env);
  const host = { provider: "existing", address: machineIp, user: machineUser, port, hostKey };
  const ended = await up({ stackFile: stackFileWith(`port-${port}`, { host }), env });
  return { ended, before, after: resources(env) };
}

const firewall = (how: "-I" | "-D") =>
  onMachine(`iptables -w ${how} INPUT -p tcp --dport ${dropping} -j DROP`);

/** Begins an `up` at each of them; they wait side by side, while other tests run. */
export async function dialUnreachable(): Promise<void> {
  const [hostKey] = (await onMachine("cat /etc/ssh/ssh_host_ed25519_key.pub")).split(" root");
  await firewall("-I");
  for (const port of [refusing, dropping]) dialled[port] = upAt(port, hostKey);
}

/** Waits for them, and leaves the machine as it was. */
export async function hangUp(): Promise<void> {
  await Promise.allSettled(Object.values(dialled)); // each is looked at by a test
  await firewall("-D");
}

const causes: [string, number, string][] = [
  ["where nothing listens", refusing, "ECONNREFUSED (connect ECONNREFUSED "],
  [
    "behind a firewall that drops",
    dropping,
    "ETIMEDOUT (no answer, not even a refusal, within 15 s)",
  ],
];

export function describeUnreachable(): void {
  it.each(causes)("is waited for a minute %s, and nothing changes", async (_, port, seen) => {
    const { ended, before, after } = (await dialled[port]) as Dialled;
    expect(ended.code).not.toBe(0);
    expect(ended.output).toContain(
      `${machineUser}@${machineIp} port ${port} was not reached within 60 s; the last attempt ended with ${seen}`,
    );
    expect(ended.output).toContain(
      `Is the machine running, the address right, and port ${port} open to you`,
    );
    expect(after).toEqual(before);
    expect(ended.seconds).toBeGreaterThan(60);
    expect(ended.seconds).toBeLessThan(100);
  });
}
