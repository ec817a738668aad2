import { startCloud } from "../../sandbox/cloud/cloud";
import { docker } from "../../sandbox/docker";
import { containerName } from "../../sandbox/settings";
import type { Resource } from "../../sandbox/stand-ins/store";
import { type Ended, expectDone, onMachine, services } from "./e2e";
import { deleteInConsole, inConsoles } from "./e2e-cloud";
import { expectPlainWords } from "./e2e-families";
import { documentedStart, loseStack, type Newcomer, newcomer } from "./e2e-newcomer";

const labelOf = ({ domain }: Newcomer): string => `snikket-${domain.replaceAll(".", "-")}`;

/** Runs a shell script as root on its machine. */
const on = (family: Newcomer, script: string): Promise<string> =>
  onMachine(script, { name: containerName(labelOf(family)) });

/** What the cloud has of it, by a part of the type. */
const its = (family: Newcomer, type: string): Resource[] =>
  inConsoles().filter(
    ({ type: of, outputs: { displayName, name } }) =>
      of.includes(type) && String(displayName ?? name).startsWith(labelOf(family)),
  );

const up = ["up", "--yes", "--skip-preview"];

/** Its data volume is deleted in Oracle's console: `up` makes another one, and no empty server until somebody says so. */
export async function expectNoEmptyServer(family: Newcomer): Promise<void> {
  for (const one of [...its(family, ":VolumeAttachment"), ...its(family, ":Volume")])
    deleteInConsole("oci", one);
  await startCloud("oracle", false);
  await docker(["restart", "--time", "30", containerName(labelOf(family))]);
  const ended = await family.pulumi(up);
  expect(ended.code).not.toBe(0);
  expectPlainWords(ended);
  expect(ended.output).toContain(`The data of ${family.domain} is not at /var/lib/snikket.`);
  // The portal alone has nothing of the data, and starts with Docker.
  const running = "docker ps --format '{{.Names}}' | grep -vx snikket-portal || :";
  expect(await on(family, `${running}; ls -A /var/lib/snikket`)).toBe("lost+found");
  const [, remedy = ""] = /If the data is lost for good: (rm \S+),/.exec(ended.output) ?? [];
  await on(family, remedy);
  expectDone(await family.pulumi(up));
  expect((await on(family, "docker ps --format '{{.Names}}' | sort")).split("\n")).toEqual(
    services,
  );
}

/** What only this server's data has: its keys, and its accounts. */
const data = `cd /var/lib/snikket && find . -name secrets.conf -o -path './data/*' -name '*.pem' -type f -o -path '*/accounts/*' -type f |
  sort | xargs sha256sum`;

/** Everything that an error has taken over. */
async function takeOver(family: Newcomer, { output }: Ended): Promise<string[]> {
  const commands = [...output.matchAll(/take it over with: (npx pulumi import [^;]+);/g)];
  const all = [...new Set(commands.map(([, command = ""]) => command))];
  for (const command of all) expectDone(await family.run(command));
  return all;
}

/** What Google names, and all else but the disk, is deleted in the console. */
async function clearAway(family: Newcomer, { output }: Ended): Promise<void> {
  expect(output).toContain("alreadyExists");
  for (const type of [":Instance", ":Firewall", ":Subnetwork", ":Network", ":Address"])
    for (const one of its(family, type)) deleteInConsole("gcp", one);
  await startCloud("google", false);
}

/** The newcomer's stack is lost: a new one at Google has the same data, by what docs/operations.md and `up` say. */
export async function expectFoundAgain(): Promise<void> {
  const before = await on(await newcomer("google"), data);
  expect(before).toMatch(/secrets\.conf[\s\S]*\.pem|\.pem[\s\S]*secrets\.conf/);
  loseStack();
  const family = await newcomer("google");
  const [, , , deploy = ""] = documentedStart("google");
  let [ended, said] = [await family.run(deploy), ""];
  for (let attempts = 0; ended.code !== 0 && attempts < 8; attempts++) {
    expectPlainWords(ended);
    said += ended.output;
    if ((await takeOver(family, ended)).length === 0) await clearAway(family, ended);
    ended = await family.run(deploy);
  }
  expectDone(ended);
  for (const words of [
    "Google has the disk snikket-",
    "has a record at Cloudflare",
    "alreadyExists",
  ])
    expect(said).toContain(words);
  expect(await on(family, data)).toBe(before);
}
