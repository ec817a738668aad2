import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { xml } from "@xmpp/client";
import { within } from "../../components/snikket/probes/probe";
import type { Endpoint } from "../../components/snikket/probes/stun-attributes";
import { openUdp } from "../../components/snikket/probes/stun-channel";
import { Allocation, type Login } from "../../components/snikket/probes/turn";
import type { Person } from "./person";
import { target } from "./server";

interface Call {
  /** Where the server relayed. */
  relay: Endpoint;
  sent: number;
  /** How many packets the peer sent back unchanged. */
  returned: number;
}

const namespace = "urn:xmpp:extdisco:2";
const packets = 25;

/** Asks the server for its relay (XEP-0215) and sends half a second of sound through it, to a peer that echoes. */
export async function call(person: Person, peer: Endpoint): Promise<Call> {
  const ending = new AbortController();
  try {
    const channel = await openUdp(target(person.server), ending.signal);
    const allocation = await Allocation.open(channel, await credentials(person));
    if (!allocation.relayed) throw new Error("the server gave no IPv4 address for the call");
    await allocation.permit(peer.address);
    const returned = await speak(allocation, peer);
    await allocation.release();
    return { relay: allocation.relayed, sent: packets, returned };
  } finally {
    ending.abort();
  }
}

async function credentials(person: Person): Promise<Login> {
  const { domain } = person.server;
  const answer = await person.ask("get", domain, xml("services", { xmlns: namespace }));
  const services = answer.getChild("services", namespace)?.getChildren("service") ?? [];
  const turn = services.find(({ attrs }) => attrs.type === "turn" && attrs.transport === "udp");
  const { host, username, password } = turn?.attrs ?? {};
  if (host !== domain || !username || !password)
    throw new Error(`the server offers no relay for calls: ${answer}`);
  return { username, credential: password };
}

/** Sends sound at the pace of a call, 20 ms each, and counts what comes back. */
async function speak(allocation: Allocation, peer: Endpoint): Promise<number> {
  let returned = 0;
  for (let i = 0; i < packets; i += 1) {
    const sound = randomBytes(160);
    const heard = within(200, "no echo", allocation.received()).catch(() => undefined);
    allocation.send(peer, sound);
    const echo = await heard;
    if (echo?.data.equals(sound)) returned += 1;
    await setTimeout(20);
  }
  return returned;
}
