import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { attribute, magicCookie } from "./stun-attributes";

/** Methods: RFC 5389 section 18.1, and for TURN RFC 5766 section 13. */
export const method = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  permission: 0x008,
};

/** Classes, as the two bits they are within a message's type (RFC 5389 section 6). */
export const kind = { request: 0x000, indication: 0x010, success: 0x100, error: 0x110 };

export type Attributes = [type: number, value: Buffer][];

export interface Message {
  /** Method and class together. */
  type: number;
  transaction: Buffer;
  attributes: Map<number, Buffer>;
  /** Is the message signed with this key? */
  signedWith(key: Buffer): boolean;
}

const headerLength = 20;
const signatureLength = 4 + 20;

function twoNumbers(first: number, second: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt16BE(first, 0);
  bytes.writeUInt16BE(second, 2);
  return bytes;
}

/** Header of a message (RFC 5389 section 6). */
function header(type: number, bodyLength: number, transaction: Buffer): Buffer {
  return Buffer.concat([twoNumbers(type, bodyLength), magicCookie, transaction]);
}

/** One attribute, padded to four bytes (RFC 5389 section 15). */
function encodeAttribute([type, value]: [number, Buffer]): Buffer {
  return Buffer.concat([twoNumbers(type, value.length), value, Buffer.alloc(-value.length & 3)]);
}

/** The bytes of a message; with a key its last attribute is MESSAGE-INTEGRITY (RFC 5389 section 15.4). */
export function encode(
  type: number,
  attributes: Attributes,
  { key, transaction = randomBytes(12) }: { key?: Buffer | undefined; transaction?: Buffer } = {},
): Buffer {
  const body = Buffer.concat(attributes.map(encodeAttribute));
  if (!key) return Buffer.concat([header(type, body.length, transaction), body]);
  // The signature covers a header that already counts the signature.
  const signed = Buffer.concat([header(type, body.length + signatureLength, transaction), body]);
  return Buffer.concat([signed, encodeAttribute([attribute.integrity, sign(signed, key)])]);
}

function sign(bytes: Buffer, key: Buffer): Buffer {
  return createHmac("sha1", key).update(bytes).digest();
}

/** Reads a packet; undefined if it is anything but one whole STUN message. */
export function decode(packet: Buffer): Message | undefined {
  if (packet.length < headerLength || !packet.subarray(4, 8).equals(magicCookie)) return undefined;
  if (packet.readUInt16BE(2) !== packet.length - headerLength) return undefined;
  const attributes = new Map<number, Buffer>();
  let signatureAt: number | undefined;
  for (let at = headerLength; at < packet.length; ) {
    if (at + 4 > packet.length) return undefined;
    const [type, length] = [packet.readUInt16BE(at), packet.readUInt16BE(at + 2)];
    if (at + 4 + length > packet.length) return undefined;
    if (type === attribute.integrity) signatureAt ??= at;
    // The first of a kind counts, and nothing behind the signature.
    else if (signatureAt === undefined && !attributes.has(type))
      attributes.set(type, packet.subarray(at + 4, at + 4 + length));
    at += 4 + length + (-length & 3);
  }
  const type = packet.readUInt16BE(0);
  const transaction = packet.subarray(8, headerLength);
  const signedWith = (key: Buffer) =>
    signatureAt !== undefined && isSigned(packet, signatureAt, key);
  return { type, transaction, attributes, signedWith };
}

function isSigned(packet: Buffer, at: number, key: Buffer): boolean {
  const length = at - headerLength + signatureLength;
  const start = header(packet.readUInt16BE(0), length, packet.subarray(8, headerLength));
  const expected = sign(Buffer.concat([start, packet.subarray(headerLength, at)]), key);
  const signature = packet.subarray(at + 4, at + signatureLength);
  return signature.length === expected.length && timingSafeEqual(signature, expected);
}
