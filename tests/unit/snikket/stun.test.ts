import fc from "fast-check";
import { decode, encode } from "../../../components/snikket/probes/stun";
import {
  attribute,
  decodeEndpoint,
  decodeError,
  encodeEndpoint,
  longTermKey,
} from "../../../components/snikket/probes/stun-attributes";

const hex = (text: string) => Buffer.from(text.replace(/\s/g, ""), "hex");

/** RFC 5769 section 2.2: a binding response; its password is the key as it stands. */
const response = hex(`
  0101003c 2112a442 b7e7a701 bc34d686 fa87dfae 8022000b 74657374 20766563 746f7220
  00200008 0001a147 e112a643 00080014 2b91f599 fd9e90c3 8c7489f9 2af9ba53 f06be7d7 80280004 c07d4c96`);

/** RFC 5769 section 2.4: a request with long-term credentials. */
const request = hex(`
  00010060 2112a442 78ad3433 c6ad72c0 29da412e 00060012 e3839ee3 8388e383 aae38383 e382af e382b9 0000
  0015001c 662f2f34 39396b39 35346436 4f4c3334 6f4c3946 53547679 3634734 1 0014000b 6578616d 706c652e
  6f726700 00080014 f67024656dd64a3e02b8e0712e85c9a28ca89666`);

test("reads the RFC's response, and knows its signature", () => {
  const message = decode(response);
  expect(decodeEndpoint(message?.attributes.get(attribute.mapped))).toEqual({
    address: "192.0.2.1",
    port: 32853,
  });
  expect(message?.signedWith(Buffer.from("VOkJxbRl1RmTxUk/WvJxBt"))).toBe(true);
  expect(message?.signedWith(Buffer.from("VOkJxbRl1RmTxUk/WvJxBu"))).toBe(false);
});

test("signs with long-term credentials as the RFC's request does", () => {
  const key = longTermKey("マトリックス", "example.org", "TheMatrIX");
  expect(decode(request)?.signedWith(key)).toBe(true);
  const names = [attribute.username, attribute.nonce, attribute.realm];
  const attributes = names.map((name): [number, Buffer] => [
    name,
    decode(request)?.attributes.get(name) as Buffer,
  ]);
  const transaction = request.subarray(8, 20);
  expect(encode(1, attributes, { key, transaction }).toString("hex")).toBe(request.toString("hex"));
});

test("reads what it wrote", () => {
  const value = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  const type = fc.integer({ min: 0x1000, max: 0x7fff });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(type, value), { selector: ([type]) => type }),
      (attributes) => {
        const key = Buffer.from("key");
        const message = decode(encode(0x003, attributes, { key }));
        expect([...(message?.attributes ?? [])]).toEqual(attributes);
        expect(message?.signedWith(key)).toBe(true);
      },
    ),
  );
});

test("never trips over a packet, whatever is in it, and takes none for signed", () => {
  const header = (body: Uint8Array) =>
    Buffer.concat([
      hex("0103"),
      Buffer.from([body.length >> 8, body.length & 255]),
      response.subarray(4, 20),
      body,
    ]);
  const anything = fc.uint8Array({ maxLength: 120 });
  fc.assert(
    fc.property(
      fc.oneof(
        anything.map((bytes) => Buffer.from(bytes)),
        anything.map(header),
      ),
      (packet) => {
        const message = decode(packet);
        expect(message?.signedWith(Buffer.from("key")) ?? false).toBe(false);
        for (const value of message?.attributes.values() ?? [])
          [decodeEndpoint(value), decodeError(value)];
      },
    ),
    { numRuns: 2000 },
  );
});

test("refuses half a message, and one with something behind it", () => {
  expect(decode(response.subarray(0, -4))).toBeUndefined();
  expect(decode(Buffer.concat([response, Buffer.alloc(4)]))).toBeUndefined();
});

test("refuses an attribute that is longer than the message", () => {
  const long = encode(0x103, [[0x8022, Buffer.alloc(8)]]);
  long.writeUInt16BE(9, 22);
  expect(decode(long)).toBeUndefined();
});

test("finds no endpoint and no error in bytes that hold none", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
      const value = Buffer.from(bytes);
      expect(decodeEndpoint(value) === undefined).toBe(value.length !== 8 || value[1] !== 1);
      expect(decodeError(value).code).toBeLessThan(956);
    }),
  );
  expect(decodeEndpoint(Buffer.from([0, 1, 2]))).toBeUndefined();
  expect(decodeError(Buffer.from([0, 0]))).toEqual({ code: 0, reason: "" });
});

test("does not believe attributes behind the signature", () => {
  const key = Buffer.from("key");
  const signed = encode(0x103, [], { key });
  const forged = Buffer.concat([
    signed,
    hex("00160008"),
    encodeEndpoint({ address: "198.51.100.66", port: 1 }),
  ]);
  forged.writeUInt16BE(forged.length - 20, 2);
  expect(decode(forged)?.signedWith(key)).toBe(true);
  expect(decode(forged)?.attributes.size).toBe(0);
});
