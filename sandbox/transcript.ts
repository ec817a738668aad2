import { createHash } from "node:crypto";
import type { Endpoint } from "../components/snikket/probes/stun-attributes";
import { call } from "./chat/call";
import { download, upload } from "./chat/files";
import { joinGroup } from "./chat/group";
import { Person } from "./chat/person";
import type { Server } from "./chat/server";

interface TranscriptArgs extends Server {
  /** Link of the first invitation. */
  invitation: string;
  /** Makes another one, as `create-invite` on the machine does. */
  createInvite: () => Promise<string>;
  /** Somebody outside, who sends each UDP packet back. */
  peer: Endpoint;
  /** The people's passwords are made from it: who was cut off finds them again. */
  seed: string;
}

/** Two people join, chat, share a file and make a call; prints what really happened. */
export async function transcript(args: TranscriptArgs): Promise<void> {
  const anna = await enter(args, "anna", async () => args.invitation);
  const ben = await enter(args, "ben", args.createInvite);
  try {
    await chat(anna, ben);
    await chatInGroup(anna, ben);
    await shareFile(ben, anna);
    const { relay, sent, returned } = await call(anna, args.peer);
    if (returned < sent / 2)
      throw new Error(`of ${sent} packets of the call only ${returned} came back`);
    console.log(
      `  anna calls ${args.peer.address} through ${relay.address}:${relay.port}: ${returned} of ${sent} packets of sound came back`,
    );
  } finally {
    await Promise.all([anna.leave(), ben.leave()]);
  }
}

async function enter(
  { seed, ...server }: TranscriptArgs,
  username: string,
  invite: () => Promise<string>,
): Promise<Person> {
  const password = createHash("sha256").update(`${username} ${seed}`).digest("base64url");
  const login = { username, password };
  // Who was there before a cut gets in; whoever else it is that fails says so below.
  const before = await Person.enter(server, login).catch(() => undefined);
  const person = before ?? (await Person.enter(server, login, await invite()));
  console.log(`  ${username} ${before ? "is back" : "joined with an invitation"}`);
  return person;
}

/** Each line is printed as the other one received it. */
async function pass(from: Person, to: Person, text: string): Promise<void> {
  const id = await from.say(to.address, text);
  console.log(`  ${from.name}: ${await to.hear(from.address, id)}`);
}

async function chat(anna: Person, ben: Person): Promise<void> {
  await pass(anna, ben, "Dinner at seven?");
  await pass(ben, anna, "Seven is fine. I bring dessert.");
}

async function chatInGroup(anna: Person, ben: Person): Promise<void> {
  const group = `dinner@groups.${anna.server.domain}`;
  await joinGroup(anna, group);
  await joinGroup(ben, group);
  const id = await anna.say(group, "What do we cook?", "groupchat");
  console.log(`  anna, to the group "dinner": ${await ben.hear(`${group}/anna`, id)}`);
}

async function shareFile(from: Person, to: Person): Promise<void> {
  const recipe = Buffer.from("Apple pie: six apples, flour, butter, and an hour of patience.\n");
  const id = await from.say(to.address, await upload(from, "pie.txt", recipe));
  const received = await download(to.server, await to.hear(from.address, id));
  if (!received.equals(recipe)) throw new Error("the shared file arrived changed");
  console.log(`  ${from.name} shares pie.txt, ${to.name} reads: ${received.toString().trim()}`);
}
