import dgram from "node:dgram";
import {
  type Attributes,
  decode,
  encode,
  kind,
  type Message,
  method,
} from "../../components/snikket/probes/stun";
import {
  attribute,
  decodeEndpoint,
  type Endpoint,
  encodeEndpoint,
  longTermKey,
} from "../../components/snikket/probes/stun-attributes";
import { udpServer } from "./servers";

export const login = { username: "1800000000:probe", credential: "c2VjcmV0" };

/** What the fake does otherwise than it should. */
export interface TurnFaults {
  /** Claims this relay address. */
  relayed?: Endpoint;
  ipv6Relay?: boolean;
  /** Refuses an allocation with this code, once the login is right. */
  refusal?: number;
  unsigned?: boolean;
  staleNonceOnce?: boolean;
  /** Relays nothing. */
  deaf?: boolean;
}

const realm: Attributes = [
  [attribute.realm, Buffer.from("family.test")],
  [attribute.nonce, Buffer.from("nonce")],
];
const key = longTermKey(login.username, "family.test", login.credential);

/** A TURN server for one allocation, which relays for real. Notes the methods it granted. */
export async function turnServer(
  faults: TurnFaults = {},
): Promise<{ port: number; granted: number[] }> {
  const granted: number[] = [];
  const relay = dgram.createSocket("udp4");
  await new Promise<void>((resolve) => relay.bind(0, "127.0.0.1", resolve));
  relay.unref();
  const port = await udpServer((packet, client, reply) => {
    const message = decode(packet);
    if (!message) return undefined;
    if (message.type === (method.send | kind.indication)) return void forward(relay, message);
    const code = verdict(message, faults, granted);
    if (code) return encode(message.type | kind.error, [errorCode(code), ...realm], message);
    granted.push(message.type);
    relay.removeAllListeners("message");
    if (!faults.deaf) relay.on("message", (data, peer) => reply(indication(peer, data)));
    const attributes = grant(faults, relay.address(), client);
    return encode(message.type | kind.success, attributes, {
      ...message,
      ...(!faults.unsigned && { key }),
    });
  });
  return { port, granted };
}

function verdict(message: Message, faults: TurnFaults, granted: number[]): number {
  if (message.type === method.binding) return 0;
  if (!message.attributes.has(attribute.username)) return 401;
  if (!message.signedWith(key)) return 401;
  if (faults.staleNonceOnce && granted.push(-1) === 1) return 438;
  return message.type === method.allocate ? (faults.refusal ?? 0) : 0;
}

function errorCode(code: number): [number, Buffer] {
  return [
    attribute.error,
    Buffer.from([0, 0, Math.floor(code / 100), code % 100, ...Buffer.from("No\u001b")]),
  ];
}

function grant({ relayed, ipv6Relay }: TurnFaults, relay: Endpoint, client: Endpoint): Attributes {
  const ipv6 = Buffer.concat([Buffer.from([0, 2, 1, 2]), Buffer.alloc(16)]);
  return [
    [attribute.relayed, ipv6Relay ? ipv6 : encodeEndpoint(relayed ?? relay)],
    [attribute.mapped, encodeEndpoint(client)],
  ];
}

function indication(peer: Endpoint, data: Buffer): Buffer {
  return encode(method.data | kind.indication, [
    [attribute.peer, encodeEndpoint(peer)],
    [attribute.data, data],
  ]);
}

function forward(relay: dgram.Socket, { attributes }: Message): void {
  const peer = decodeEndpoint(attributes.get(attribute.peer));
  if (peer) relay.send(attributes.get(attribute.data) ?? "", peer.port, peer.address);
}
