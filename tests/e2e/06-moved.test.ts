import { Person } from "../../sandbox/chat/person";
import { run } from "../../sandbox/console";
import { domain, inHome } from "../../sandbox/settings";
import { operations } from "../support/documented";
import {
  bringUp,
  certificateOrders,
  containers,
  createInvite,
  expectDone,
  machine,
  onMachine,
  server,
  services,
} from "../support/e2e";
import { newLogin, newPerson } from "../support/e2e-people";
import { emptyState, stackFileWith, up } from "../support/e2e-stack";
import { rebuilt } from "../support/rebuilt";

/** What docs/operations.md says under a heading. */
function documented(heading: string): string {
  const text = operations();
  return text.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
}

/** The commands that stand there on lines of their own. */
const block = (text: string): string => text.match(/^ {4}.+$/gm)?.join("\n") ?? "exit 1";

const commands = {
  copy: block(documented("Keep a copy")),
  back: /`(mkdir .*?)`/.exec(documented("Keep a copy"))?.[1] ?? "exit 1",
  takeOver: block(documented("Take over a server made by hand")).replaceAll("DOMAIN", domain),
};

/** Somebody who is away, and was written to. @returns what fails where the account or the message is lost */
async function somebody(): Promise<() => Promise<void>> {
  const login = newLogin("eva");
  await (await Person.enter(server(), login, await createInvite())).leave();
  const writer = await newPerson("fritz");
  const id = await writer.say(`${login.username}@${domain}`, "Soup is in the fridge");
  await writer.leave();
  return async () => {
    const back = await Person.enter(server(), login);
    expect(await back.hear(writer.address, id)).toBe("Soup is in the fridge");
    await back.leave();
  };
}

beforeAll(() => bringUp({ settings: "any" }));

it("a copy of the data, made and put back as documented, brings everything to a new machine", async () => {
  const isThere = await somebody();
  await onMachine(commands.copy);
  expect(Object.values(await containers()).filter(({ State }) => !State.Running)).toEqual([]);
  const file = inHome("e2e", "snikket.tar.gz");
  await run("docker", ["cp", `${machine}:/root/snikket.tar.gz`, file]);
  const orders = await certificateOrders();
  await rebuilt();
  await run("docker", ["cp", file, `${machine}:/root/snikket.tar.gz`]);
  await onMachine(`cd /root && ${commands.back}`);
  expectDone(await up());
  await isThere();
  // The certificate came with it.
  expect(await certificateOrders()).toBe(orders);
});

/** Makes of the machine's server one as upstream's quick start has it: two files, and volumes of Docker's own. */
const byHand = `cd /etc/snikket && docker compose down && docker volume rm snikket_snikket_data
sed -i '/secrets.conf/d; /^    driver/d' docker-compose.yml
rm ../snikket-sums domain
docker compose up --no-start
cp -a /var/lib/snikket/data/. "$(docker volume inspect -f '{{.Mountpoint}}' snikket_snikket_data)"
rm -r /var/lib/snikket
docker compose up --detach`;

it("a server made by hand, taken over as documented, keeps everything", async () => {
  const isThere = await somebody();
  const orders = await certificateOrders();
  await onMachine(byHand);
  await onMachine(commands.takeOver);
  const env = await emptyState("by-hand");
  expectDone(await up({ stackFile: stackFileWith("by-hand", {}), env }));
  await isThere();
  expect(Object.keys(await containers()).sort()).toEqual(services);
  expect(await certificateOrders()).toBe(orders);
  const before = await onMachine("tar tzf /root/snikket-before.tar.gz");
  expect(before).toMatch(/^etc\/snikket\/snikket\.conf$/m);
  expect(before).toMatch(/^\.\/prosody\/.*\/accounts\/eva/m);
});
