import fc from "fast-check";
import { openSecureStream } from "../../components/snikket/probes/xmpp";
import { download, upload } from "../../sandbox/chat/files";
import { Person } from "../../sandbox/chat/person";
import { target } from "../../sandbox/chat/server";
import { domain, zone } from "../../sandbox/settings";
import {
  bringUp,
  containerIds,
  createInvite,
  type Ended,
  expectDone,
  onMachine,
  server,
  services,
} from "../support/e2e";
import { type Interruption, watchFor } from "../support/e2e-interruption";
import { newLogin, newPerson } from "../support/e2e-people";
import { pulumi, stackFileWith, summary, up } from "../support/e2e-stack";

const siteName = `Die "Müllers", Rosi's & 100 $HOME #1 ${"`x`"} \\n 🥧`;

/** What shells, Compose and env files treat in a way of their own, and anything else that is one line. */
const nasty = [
  ...["'", '"', "''", '""', `'"'"'`, "\\", "\\\\", "\\'", '\\"', "\\n", "a\\", "$", "$$", "$HOME"],
  ...["${HOME}", "${HOME:-x}", "$(id)", "`id`", "#", " #", "a #b", "a#b", "'a' #b", '"a" #b'],
  ...[" ", "  a  ", "a b", "=", "a=b", "export A=b", "~", "*", "!", "%s", "&", ";", "<", "{{.}}"],
  ...[
    "no",
    "null",
    "1e3",
    "0x10",
    "[a]",
    "{a: b}",
    "- a",
    ": ",
    "é",
    "日本",
    "🥧",
    "\u00a0",
    "\u2028",
  ],
];
const seed = Date.now() % 1_000_000;
const oneLine = (text: string) => /^[^\u0000-\u001f]+$/.test(text);
const strings = fc.oneof(
  fc.string({ unit: fc.constantFrom(...`'"\\$#{}\`= ab`), minLength: 1, maxLength: 12 }),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).filter(oneLine),
);
const values = [...nasty, ...fc.sample(strings, { seed, numRuns: 100 })];
const extraSettings = Object.fromEntries(
  values.map((value, i) => [`SNIKKET_TWEAK_TEST_${i}`, value]),
);
const changed = () => stackFileWith("settings", { siteName, retentionDays: 9, extraSettings });

/** The environment inside a container, as its programs have it. */
async function environment(container: string): Promise<Record<string, string>> {
  const text = await onMachine(`docker exec ${container} env -0 | base64 --wrap 0`);
  const lines = Buffer.from(text, "base64").toString().split("\0");
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s)));
}

let before: Record<string, string>;
let preview: Ended;
let changing: Ended;
let interruption: Interruption;
let created: string;
const message = { id: "", from: "", text: "See you on Sunday", link: "" };
const ida = newLogin("ida");
const photo = Buffer.from("a photo of long ago");

beforeAll(async () => {
  await bringUp({ settings: "any" });
  await leaveMessage();
  before = await containerIds();
  preview = await pulumi(["preview"], { stackFile: changed() });
  const started = await onMachine("date +%s.%N");
  const watch = watchFor(server());
  changing = await up({ stackFile: changed() });
  interruption = await watch();
  expectDone(changing);
  const events = `docker events --since ${started} --until "$(date +%s)" --filter event=create --format '{{.Actor.Attributes.name}}'`;
  created = await onMachine(events);
});

/** To somebody who is away, and will be back after the change. */
async function leaveMessage(): Promise<void> {
  await (await Person.enter(server(), ida, await createInvite())).leave();
  const hugo = await newPerson("hugo");
  message.from = hugo.address;
  message.id = await hugo.say(`${ida.username}@${server().domain}`, message.text);
  message.link = await upload(hugo, "photo.jpg", photo);
  await hugo.leave();
}

describe(`a changed setting (random values from seed ${seed})`, () => {
  it("is shown in the preview, and changes nothing there", () => {
    expectDone(preview);
    expect(summary(preview)).toEqual({ "to update": 6, unchanged: 7 });
    expect(preview.output).toMatch(/~ +command:remote:Command +snikket-deploy +update/);
    expect(preview.output).toContain(
      `DNS record needed: groups.${domain} CNAME ${domain}. (TTL 300; in ${zone} the name is groups.chat)`,
    );
  });

  it("recreates the four containers, each once", async () => {
    expect(summary(changing)).toEqual({ updated: 6, unchanged: 7 });
    const now = await containerIds();
    expect(Object.keys(now).sort()).toEqual(services);
    for (const name of services) expect(now[name]).not.toBe(before[name]);
    // Compose gives the new one a prefix until the old one is gone.
    const names = created.split("\n").map((name) => name.replace(/^[0-9a-f]{12}_/, ""));
    expect(names.sort()).toEqual(services);
  });

  it("interrupts service for less than a minute", async () => {
    process.stderr.write(
      `\n  interruption by a changed setting: portal ${interruption.portal} s, apps ${interruption.apps} s\n\n`,
    );
    for (const seconds of Object.values(interruption)) {
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThan(60);
    }
    await openSecureStream(target(server()), "client", AbortSignal.timeout(5000));
  });

  it.each(services)(
    "arrives in %s as it stands in the file, whatever it contains",
    async (name) => {
      const wanted = { SNIKKET_SITE_NAME: siteName, SNIKKET_RETENTION_DAYS: "9", ...extraSettings };
      const inside = await environment(name);
      const arrived = Object.keys(wanted).map((key) => [key, inside[key]]);
      expect(Object.fromEntries(arrived)).toEqual(wanted);
    },
  );

  it("leaves accounts, messages and files where they were", async () => {
    const back = await Person.enter(server(), ida);
    expect(await back.hear(message.from, message.id)).toBe(message.text);
    expect((await download(server(), message.link)).equals(photo)).toBe(true);
    await back.leave();
  });

  it("is no change the next time", async () => {
    const ids = await containerIds();
    const again = await up({ stackFile: changed() });
    expectDone(again);
    expect(summary(again)).toEqual({ unchanged: 13 });
    expect(await containerIds()).toEqual(ids);
  });
});
