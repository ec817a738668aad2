import { createHash } from "node:crypto";

/** Attribute types: RFC 5389 section 18.2, and for TURN RFC 5766 section 14. */
export const attribute = {
  username: 0x0006,
  integrity: 0x0008,
  error: 0x0009,
  lifetime: 0x000d,
  peer: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  relayed: 0x0016,
  transport: 0x0019,
  mapped: 0x0020,
};

export interface Endpoint {
  address: string;
  port: number;
}

/** RFC 5389 section 6. */
export const magicCookie = Buffer.from("2112a442", "hex");

/** An IPv4 endpoint as XOR-MAPPED-ADDRESS and its kin carry it (RFC 5389 section 15.2). */
export function encodeEndpoint({ address, port }: Endpoint): Buffer {
  return mask(Buffer.from([0, 1, port >> 8, port & 0xff, ...address.split(".").map(Number)]));
}

/** Reads an endpoint; undefined for anything but IPv4. */
export function decodeEndpoint(value: Buffer | undefined): Endpoint | undefined {
  if (value?.length !== 8 || value[1] !== 1) return undefined;
  const bytes = mask(value);
  return { address: [...bytes.subarray(4)].join("."), port: bytes.readUInt16BE(2) };
}

function mask(value: Buffer): Buffer {
  const pattern = Buffer.concat([Buffer.alloc(2), magicCookie.subarray(0, 2), magicCookie]);
  return Buffer.from(value.map((byte, i) => byte ^ (pattern[i] ?? 0)));
}

/** Code and reason of an ERROR-CODE attribute (RFC 5389 section 15.6). */
export function decodeError(value: Buffer | undefined): { code: number; reason: string } {
  if (!value || value.length < 4) return { code: 0, reason: "" };
  const code = (value.readUInt8(2) & 7) * 100 + value.readUInt8(3);
  return { code, reason: value.subarray(4).toString("utf8") };
}

/** Key of long-term credentials (RFC 5389 section 15.4). */
export function longTermKey(username: string, realm: string, password: string): Buffer {
  return createHash("md5").update(`${username}:${realm}:${password}`).digest();
}
