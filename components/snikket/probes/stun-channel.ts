import { randomBytes } from "node:crypto";
import dgram from "node:dgram";
import { EventEmitter, once } from "node:events";
import { connect, notReached } from "./connect";
import { Failure, within } from "./probe";
import { portRow, type VerifyRequest } from "./request";
import { type Attributes, decode, encode, type Message } from "./stun";

/** A way to a STUN server. Emits "message" for each whole STUN message, "error" when it is cut. */
export class Channel extends EventEmitter<{ message: [Message]; error: [Error] }> {
  constructor(
    /** For example "198.51.100.20:3478 (UDP)". */
    readonly place: string,
    /** Name of the row in the port table. */
    readonly port: string,
    readonly send: (packet: Buffer) => void,
    /** When a request is sent again, in ms after the first time; RFC 5389 section 7.2.1. */
    readonly resendAfter: number[],
  ) {
    super();
    this.on("error", () => {}); // The signal that ends a probe may come when nobody waits any more.
  }
}

export async function openUdp(request: VerifyRequest, signal: AbortSignal): Promise<Channel> {
  const port = portRow(request, "turn-udp").from;
  const socket = dgram.createSocket({ type: "udp4", signal });
  const channel = new Channel(
    `${request.ipv4}:${port} (UDP)`,
    "turn-udp",
    // A question may be asked again when another part of its probe has ended it.
    (packet) => void (signal.aborted || socket.send(packet)),
    [500, 1_500],
  );
  socket.on("error", (error) => channel.emit("error", error));
  socket.on("message", (packet) => {
    const message = decode(packet);
    if (message) channel.emit("message", message);
  });
  socket.connect(port, request.ipv4);
  await once(socket, "connect");
  return channel;
}

export async function openTcp(request: VerifyRequest, signal: AbortSignal): Promise<Channel> {
  const socket = await connect(request, "turn-tcp", signal);
  const place = `${request.ipv4}:${socket.remotePort} (TCP)`;
  const channel = new Channel(place, "turn-tcp", (packet) => socket.write(packet), []);
  let unread = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    unread = Buffer.concat([unread, chunk]);
    // The length in the header frames a message on a stream (RFC 5389 section 7.2.2).
    while (unread.length >= 20 && unread.length >= 20 + unread.readUInt16BE(2)) {
      const end = 20 + unread.readUInt16BE(2);
      const message = decode(unread.subarray(0, end));
      if (message) channel.emit("message", message);
      unread = unread.subarray(end);
    }
  });
  socket.once("close", () => channel.emit("error", new Error(`${place} cut the connection`)));
  return channel;
}

/** Sends a request, again where packets may get lost, and gives the answer to it. */
export async function exchange(
  channel: Channel,
  type: number,
  attributes: Attributes,
  key?: Buffer,
): Promise<Message> {
  const transaction = randomBytes(12);
  const packet = encode(type, attributes, { key, transaction });
  const answered = new Promise<Message>((resolve, reject) => {
    channel.on("message", (message) => {
      if (message.transaction.equals(transaction)) resolve(message);
    });
    channel.once("error", (error) => reject(notReached(error, channel.port, channel.place)));
  });
  channel.send(packet);
  const again = channel.resendAfter.map((ms) => setTimeout(() => channel.send(packet), ms));
  return within(3_000, `no answer from ${channel.place}`, answered)
    .catch((error: Failure) => Promise.reject(error.unreachable ? error : silent(error, channel)))
    .finally(() => again.forEach(clearTimeout));
}

/** Packets get lost on the way; where a connection opened, it is the server that says nothing. */
const silent = ({ saw }: Failure, { port, resendAfter }: Channel): Failure =>
  resendAfter.length > 0
    ? new Failure(saw, undefined, port)
    : new Failure(
        saw,
        "the connection opened, but its server hangs: on the machine, docker restart snikket",
      );
