import dgram from "node:dgram";
import { once } from "node:events";
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import tls from "node:tls";
import type { Certificate } from "./certificates";
import { listen } from "./servers";

/** Sends a text a byte a second, and goes on with its last byte for ever. @param start sent at once before it */
export function crawl(text: string | Buffer, start = ""): (socket: net.Socket) => void {
  return (socket) => {
    socket.write(start);
    const bytes = Buffer.from(text);
    let at = 0;
    const next = () => socket.write(bytes.subarray(at, at + 1)) && at < bytes.length - 1 && at++;
    next();
    const timer = setInterval(next, 1000);
    socket.on("data", () => {}).on("close", () => clearInterval(timer));
  };
}

/** Sends the same over and over, as fast as it is taken; in large pieces, for it shares this process with who reads it. */
export function pour(start: string | Buffer, again: string | Buffer): (socket: net.Socket) => void {
  const bytes = Buffer.from(again);
  const piece = Buffer.concat(Array<Buffer>(Math.ceil(16_384 / bytes.length)).fill(bytes));
  return (socket) => {
    socket.write(start);
    const more = () => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on("drain", more).on("data", () => {});
    more();
  };
}

/** A web server behind TLS, which notes what it is asked for. */
export async function webServer(
  certificate: Certificate,
  answer: http.RequestListener,
): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    asked.push(`${request.headers.host}${request.url}`);
    answer(request, response);
  });
  const front = tls.createServer(certificate, (socket) => {
    server.emit(
      "connection",
      socket.on("error", () => {}),
    );
  });
  return { port: await listen(front.on("tlsClientError", () => {})), asked };
}

/** A name server that answers every question with so many addresses, by TCP, for they fit into no packet. */
export async function lavishNameServer(count: number): Promise<string> {
  const tcp = net.createServer((socket) => {
    let unread = Buffer.alloc(0);
    socket.on("data", (chunk) => {
      unread = Buffer.concat([unread, chunk]);
      for (let end = 2; unread.length > 2; unread = unread.subarray(end)) {
        end = 2 + unread.readUInt16BE(0);
        if (unread.length < end) return;
        const answer = addresses(unread.subarray(2, end), count);
        const length = Buffer.alloc(2);
        length.writeUInt16BE(answer.length);
        socket.write(Buffer.concat([length, answer]));
      }
    });
  });
  const port = await listen(tcp);
  const udp = dgram.createSocket("udp4").bind((tcp.address() as AddressInfo).port, "127.0.0.1");
  await once(udp, "listening");
  udp.on("message", (packet, from) => {
    const answer = addresses(packet, 0);
    answer.writeUInt16BE(0x8600, 2); // more of it by TCP
    udp.send(answer, from.port, from.address);
  });
  tcp.on("close", () => udp.close());
  return `127.0.0.1:${port}`;
}

function addresses(query: Buffer, count: number): Buffer {
  let end = 12;
  while (query[end]) end += (query[end] ?? 0) + 1;
  const [question, header] = [query.subarray(12, end + 5), Buffer.from(query.subarray(0, 12))];
  const isA = query.readUInt16BE(end + 1) === 1;
  header.writeUInt16BE(0x8400, 2);
  header.writeUInt16BE(isA ? count : 0, 6);
  header.writeUInt32BE(0, 8);
  const records = Array.from({ length: isA ? count : 0 }, (_, i) =>
    Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 10, 9, i >> 8, i & 255]),
  );
  return Buffer.concat([header, question, ...records]);
}
