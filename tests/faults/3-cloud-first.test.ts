import { startCloud } from "../../sandbox/cloud/cloud";
import { operations } from "../support/documented";
import { type Ended, expectDone, sandbox } from "../support/e2e";
import { deleteInConsole, inConsole, inConsoles, letFail, stayBusy } from "../support/e2e-cloud";
import { deployment, pulumi } from "../support/e2e-stack";
import { eventually } from "../support/eventually";
import { lost } from "../support/fault";
import { locked } from "../support/fault-causes";
import {
  breaks,
  byHand,
  type CloudFault,
  converged,
  fails,
  stopMachine,
} from "../support/fault-cloud";
import { startUp, up } from "../support/fault-up";

/**
 * The engine is killed while the cloud makes something, with which the cloud goes on; then its lock is taken away, as the
 * next `up` says.
 */
const killedAt =
  (step: string, type: string): CloudFault["cause"] =>
  async () => {
    const running = startUp();
    expect(await running.says(new RegExp(`${step} +creating`))).toBe(true);
    const goOn = await stayBusy();
    await eventually(async () => inConsole("oci", type));
    await running.says(recordsAreMade);
    running.signal("SIGKILL");
    await running.ended;
    goOn();
    await startCloud("oracle", false);
    expect((await up()).output).toMatch(locked);
    for (const command of documentedUnlocking()) expectDone(await pulumi(command));
    expect(deployment().pending_operations ?? []).toEqual([]);
  };

/** None is at work in the same moment: it would be there without the engine's knowing, and be refused in its turn. */
function recordsAreMade(said: string): boolean {
  const names = (verb: string) =>
    [...said.matchAll(new RegExp(`DnsRecord (\\S+) ${verb} `, "g"))].map(([, name]) => name);
  const made = names("created");
  return names("creating").every((name) => made.includes(name));
}

/** What a refusal says to do in Oracle's console. */
async function terminate({ output }: Ended): Promise<void> {
  const [, id = ""] = /oci compute instance terminate .*--instance-id (\S+);/.exec(output) ?? [];
  await byHand(() => deleteInConsole("oci", inConsole("oci", ":Instance", id)));
}

/** Runs the command that a refusal says to run. */
async function takeOver({ output }: Ended): Promise<void> {
  const [, command = ""] = /npx pulumi (import [^;]+);/.exec(output) ?? [];
  expectDone(await pulumi([...command.replaceAll("'", "").split(" "), "--yes"]));
}

beforeAll(async () => {
  expectDone(await sandbox(["down"]));
  letFail({
    when: "create oci:Core/vcn",
    error: "429-TooManyRequests, Too many requests for the user",
  });
  const throttled = await sandbox(["--cloud", "oracle"]);
  expect(throttled.code).toBe(1);
  expect(throttled.output).toContain("429-TooManyRequests");
  letFail();
});

// It stays: the next file goes on in it, and the sandbox's own command knows it then.
afterAll(async () => expectDone(await sandbox(["--cloud", "oracle"])));

it("the first up, broken off in turn", async () => {
  const faults: CloudFault[] = [
    {
      name: "Oracle is slow to answer while the network is made",
      cause: fails({
        when: "create oci:Core/subnet",
        error: "429-TooManyRequests, Too many requests for the user",
      }),
      says: /429-TooManyRequests/,
      within: 45,
    },
    {
      name: "Oracle has an error of its own while the machine is made",
      cause: fails({
        when: "create oci:Core/instance",
        error: "500-InternalError, Internal error occurred",
      }),
      says: /500-InternalError/,
      within: 45,
    },
    {
      name: "the engine gets a SIGKILL while Oracle makes the machine",
      cause: killedAt("host-machine", ":Instance"),
      says: /Oracle has snikket-\S+ already[\s\S]*oci compute instance terminate/,
      remedy: terminate,
      byHand: "npx pulumi cancel and refresh; the machine is terminated",
      within: 45,
    },
    {
      name: "Oracle makes the machine, and fails to start it",
      cause: fails({
        when: "end of create oci:Core/instance",
        error: "timeout while waiting for state to become 'RUNNING'",
      }),
      says: /timeout while waiting/,
      within: 60,
    },
    {
      name: "the engine gets a SIGKILL while Oracle makes the volume",
      cause: killedAt("host-data", "volume:Volume"),
      says: /Oracle has snikket-\S+-data already[\s\S]*npx pulumi import/,
      remedy: takeOver,
      byHand: "npx pulumi cancel and refresh; the volume is imported",
      within: 45,
    },
    {
      name: "the machine is stopped by its cloud while Docker is installed",
      async cause(broken) {
        expect(await broken().says(/docker-install .*creating/)).toBe(true);
        await byHand(stopMachine);
      },
      says: lost,
      within: 60,
    },
  ];
  const rows: (CloudFault & { broken: Ended })[] = [];
  for (const fault of faults) rows.push({ ...fault, broken: await breaks(fault) });
  await converged(rows);
  // Nothing of it was made twice.
  const costly = inConsoles().filter(({ type }) => /:(Instance|Volume)$/.test(type));
  expect(costly.map(({ type }) => type).sort()).toEqual([
    "oci:Core/instance:Instance",
    "oci:Core/volume:Volume",
  ]);
});

/** What docs/operations.md has people do after a run was killed. */
function documentedUnlocking(): string[][] {
  const text = operations();
  const [row = ""] = /^.*`the stack is currently locked` \|.*$/m.exec(text) ?? [];
  const commands = [...row.matchAll(/`npx pulumi ([^`]+)`/g)].map(([, words = ""]) =>
    words.split(" "),
  );
  expect(commands.map(([verb]) => verb)).toEqual(["cancel", "refresh"]);
  return commands.map((words) => [...words, "--yes"]);
}
