import { randomBytes } from "node:crypto";
import dgram from "node:dgram";
import { Failure, type Finding, probe, within } from "./probe";
import { portRow, type VerifyRequest } from "./request";
import { method } from "./stun";
import { attribute, decodeEndpoint, type Endpoint } from "./stun-attributes";
import { type Channel, exchange, openTcp, openUdp } from "./stun-channel";
import { Allocation } from "./turn";

/** A binding request, by UDP and by TCP: the server says as whom it sees us. */
export const stunProbe = probe("stun", async (request, signal) => {
  // Of a server that says nothing at all, the connection tells more.
  const channels = await Promise.all([openTcp(request, signal), openUdp(request, signal)]);
  const [seen] = (await Promise.all(channels.map(bind))) as [Endpoint, Endpoint];
  return { saw: `answers by UDP and TCP, and sees this computer as ${seen.address}` };
});

async function bind(channel: Channel): Promise<Endpoint> {
  const { attributes } = await exchange(channel, method.binding, []);
  const seen = decodeEndpoint(attributes.get(attribute.mapped));
  if (!seen) throw new Failure(`${channel.place} answers without XOR-MAPPED-ADDRESS`);
  return seen;
}

/** A relay address for a call: the right one, within the open ports, and sound passes through it. */
export const turnProbe = probe("turn", async (request, signal) => {
  if (!request.turn) return { saw: "no credentials were given", note: "skipped" };
  if (Number(request.turn.username) * 1000 < Date.now())
    return { saw: "the deployment's credentials have expired", note: "skipped" };
  const allocation = await Allocation.open(await openUdp(request, signal), request.turn);
  try {
    const relayed = judge(request, allocation);
    return await tryRelay(allocation, relayed, signal);
  } finally {
    // Unreleased, the relay port would be taken for ten minutes; whether this works changes no verdict.
    await allocation.release().catch(() => {});
  }
});

function judge(request: VerifyRequest, { relayed }: Allocation): Endpoint {
  const { from, to } = portRow(request, "turn-relay");
  if (relayed?.address !== request.ipv4)
    throw new Failure(
      `relays at ${relayed?.address ?? "an IPv6 address"} instead of ${request.ipv4}`,
      "it looks its address up when it starts: with the records right, `docker restart snikket` on the machine",
    );
  if (relayed.port < from || relayed.port > to)
    throw new Failure(`relays at port ${relayed.port}, outside the open ports ${from}-${to}`);
  return relayed;
}

/** A packet from a second socket to the relay, and one back. Only a warning: our own network may be in the way. */
async function tryRelay(
  allocation: Allocation,
  relayed: Endpoint,
  signal: AbortSignal,
): Promise<Finding> {
  const place = `${relayed.address}:${relayed.port}`;
  try {
    await passSound(allocation, relayed, signal);
    return { saw: `relays at ${place}, both ways` };
  } catch (error) {
    return {
      saw: `gives a relay at ${place}, but nothing passes through it from here (${(error as Failure).saw})`,
      remedy:
        "see that every firewall lets the UDP ports of relayed calls in; your own network may also block them",
      note: "warn",
    };
  }
}

async function passSound(
  allocation: Allocation,
  relayed: Endpoint,
  signal: AbortSignal,
): Promise<void> {
  if (!allocation.mapped) throw new Failure("it did not say how it sees this computer");
  await allocation.permit(allocation.mapped.address);
  const caller = dgram.createSocket({ type: "udp4", signal }).on("error", () => {});
  const heard = new Promise<Buffer>((resolve) => caller.once("message", resolve));
  const sound = randomBytes(16);
  const speak = () => caller.send(sound, relayed.port, relayed.address);
  const again = setInterval(speak, 400);
  speak();
  const { peer, data } = await within(2_000, "nothing came in", allocation.received()).finally(() =>
    clearInterval(again),
  );
  if (!peer || !data.equals(sound)) throw new Failure("something else came in");
  allocation.send(peer, sound);
  const back = await within(2_000, "nothing came back", heard);
  if (!back.equals(sound)) throw new Failure("something else came back");
}
