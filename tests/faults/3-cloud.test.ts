import { readFileSync } from "node:fs";
import * as path from "node:path";
import { startCloud } from "../../sandbox/cloud/cloud";
import { checkout } from "../../sandbox/settings";
import { type Ended, expectDone, sandbox } from "../support/e2e";
import {
  changeInConsole,
  cloudMachine,
  deleteInConsole,
  type Failure,
  inConsole,
  inConsoles,
  letFail,
} from "../support/e2e-cloud";
import { expectPlainWords } from "../support/e2e-families";
import { pulumi, stackFileWithSecret, summary } from "../support/e2e-stack";
import { lost, report } from "../support/fault";
import { markData, sound } from "../support/fault-sound";
import { type Running, startUp, up } from "../support/fault-up";

interface CloudFault {
  name: string;
  /** Makes it happen, before the `up` or during it. */
  cause(broken: () => Running): Promise<void>;
  /** What that `up` must say, and fail; absent: it repairs what happened. */
  says?: RegExp;
  /** Seconds within which it ends on a quiet machine. */
  within: number;
}

/** An answer of the cloud's. */
const fails = (failure: Failure) => async () => letFail(failure);

/** What somebody does by hand, seen at once. */
async function byHand(done: () => void): Promise<void> {
  done();
  await startCloud("oracle", false);
}

const stopMachine = () =>
  changeInConsole("oci", inConsole("oci", ":Instance"), { state: "STOPPED" });

/** What has to be the same on the machine and in the state, in whatever order that was made. */
const looked = async () => (await sound(cloudMachine)).sort();

/** What is in the clouds, without what is another one after it was made again. */
const made = () =>
  inConsoles()
    .map(({ type }) => type)
    .sort();

/** The `up` that meets the fault, to its end; then the fault is gone. */
async function breaks({ cause, says }: CloudFault): Promise<Ended> {
  let running: Running | undefined;
  const start = () => {
    running ??= startUp();
    return running;
  };
  await cause(start);
  const ended = await start().ended;
  letFail();
  expectPlainWords(ended);
  if (says) {
    expect(ended.output).toMatch(says);
    expect(ended.code).not.toBe(0);
  } else expectDone(ended);
  return ended;
}

/** The next `up` ends well, and the one after it has nothing to do. */
async function converged(faults: (CloudFault & { broken: Ended })[], before?: string[]) {
  const next = await up();
  expectDone(next);
  const after = before && (await looked());
  const same = after && after.join() === before.join();
  for (const fault of faults) report({ ...fault, next, same });
  expect(after).toEqual(before);
  const repaired = faults.every(({ broken }) => broken.code === 0);
  const last = repaired ? next : await up();
  expectDone(last);
  expect(Object.keys(summary(last))).toEqual(["unchanged"]);
  for (const { broken, within } of faults) expect(broken.seconds).toBeLessThan(5 * within);
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

// It stays: the next file goes on in it.

it("the first up, broken off in turn", async () => {
  const faults: CloudFault[] = [
    {
      name: "Oracle is slow to answer while the network is made",
      cause: fails({
        when: "create oci:Core/subnet",
        error: "429-TooManyRequests, Too many requests for the user",
      }),
      says: /429-TooManyRequests/,
      within: 30,
    },
    {
      name: "Oracle has an error of its own while the machine is made",
      cause: fails({
        when: "create oci:Core/instance",
        error: "500-InternalError, Internal error occurred",
      }),
      says: /500-InternalError/,
      within: 30,
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
});

describe("a server that runs", () => {
  let before: string[];

  beforeAll(async () => {
    await markData(cloudMachine);
    before = await looked();
  });

  it.each<CloudFault>([
    {
      name: "Oracle does not answer when it is looked what is there",
      cause: fails({
        when: "read oci:Core/instance",
        error: "503-ServiceUnavailable, The service is unavailable",
      }),
      says: /503-ServiceUnavailable/,
      within: 20,
    },
    {
      name: "the data volume is detached by hand",
      cause: () => byHand(() => deleteInConsole("oci", inConsole("oci", "VolumeAttachment"))),
      within: 60,
    },
    {
      name: "the address is unbound by hand",
      cause: () =>
        byHand(() => changeInConsole("oci", inConsole("oci", "PublicIp"), { privateIpId: "" })),
      within: 30,
    },
    {
      name: "a rule and a record are deleted by hand",
      cause: () =>
        byHand(() => {
          deleteInConsole("oci", inConsole("oci", "SecurityRule", '"min":443'));
          deleteInConsole("cloudflare", inConsole("cloudflare", "DnsRecord", '"CNAME"'));
        }),
      within: 30,
    },
    { name: "the machine is stopped by its cloud", cause: () => byHand(stopMachine), within: 60 },
  ])("$name", async (fault) => {
    const all = made();
    await converged([{ ...fault, broken: await breaks(fault) }], before);
    expect(made()).toEqual(all);
  });
});

it("the token for Cloudflare is rotated", async () => {
  const old = "a-token-of-yesterday";
  const stackFile = await stackFileWithSecret("cloudflare:apiToken", old);
  // Nobody is asked with it where nothing changes, but the state has it now.
  expectDone(await up(stackFile));
  const ids = () => inConsoles().map(({ id }) => id);
  const before = ids();
  const broken = await up(stackFile);
  const next = await pulumi(["up", "--yes", "--skip-preview", ...documentedRotation()]);
  report({ name: "the token for Cloudflare is rotated", broken, next, within: 20 });
  expect(broken.output).toMatch(/403 Forbidden .*Invalid access token/);
  expect(broken.code).not.toBe(0);
  expect(broken.output).not.toContain(old);
  expectPlainWords(broken);
  for (const done of [next, await up()]) {
    expectDone(done);
    expect(Object.keys(summary(done))).toEqual(["unchanged"]);
  }
  expect(ids()).toEqual(before);
});

/** What docs/operations.md has people add once, after they put a new token into the stack's file. */
function documentedRotation(): string[] {
  const text = readFileSync(path.join(checkout, "docs", "operations.md"), "utf8");
  const [, words = ""] = /`Invalid access token` \|.*`npx pulumi up (.+?)`/.exec(text) ?? [];
  expect(words).not.toBe("");
  return words.split(" ");
}
