import { operations } from "../support/documented";
import { expectDone } from "../support/e2e";
import {
  bringUpCloud,
  changeInConsole,
  cloudMachine,
  deleteInConsole,
  inConsole,
  inConsoles,
} from "../support/e2e-cloud";
import { expectPlainWords } from "../support/e2e-families";
import { pulumi, stackFileWithSecret, summary } from "../support/e2e-stack";
import {
  breaks,
  byHand,
  type CloudFault,
  converged,
  fails,
  looked,
  stopMachine,
} from "../support/fault-cloud";
import { report } from "../support/fault-report";
import { markData } from "../support/fault-sound";
import { up } from "../support/fault-up";

/** What is in the clouds, without what is another one after it was made again. */
const made = () =>
  inConsoles()
    .map(({ type }) => type)
    .sort();

beforeAll(() => bringUpCloud("oracle"));

// It stays: the next file goes on in it.

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
  const byHand = "the new token is set in the stack; npx pulumi up --run-program";
  report({ name: "the token for Cloudflare is rotated", broken, next, within: 20, byHand });
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
  const text = operations();
  const [, words = ""] = /`Invalid access token`.* \|.*`npx pulumi up (.+?)`/.exec(text) ?? [];
  expect(words).not.toBe("");
  return words.split(" ");
}
