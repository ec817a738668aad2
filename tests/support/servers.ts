import { spawn } from "node:child_process";
import dgram from "node:dgram";
import { once } from "node:events";
import net, { type AddressInfo } from "node:net";
import type { PortRow } from "../../components/snikket/ports";
import type { VerifyRequest } from "../../components/snikket/probes/request";

const open = new Set<{ close(): unknown }>();
const sockets = new Set<net.Socket>();

/** Ends every server and connection that the test started; for afterEach. */
export function closeServers(): void {
  for (const socket of sockets) socket.destroy();
  for (const server of open) server.close();
  sockets.clear();
  open.clear();
}

/** Starts a server of any kind of net.Server on a free port of 127.0.0.1. */
export async function listen(server: net.Server): Promise<number> {
  server.on("connection", (socket: net.Socket) => {
    sockets.add(socket.on("error", () => {}));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  open.add(server);
  return (server.address() as AddressInfo).port;
}

/** A TCP server that is as good as what it does with a connection. */
export function tcpServer(onConnection: (socket: net.Socket) => void): Promise<number> {
  return listen(net.createServer(onConnection));
}

/** A port that drops: its queue of connections is full, and nobody takes one from it. */
export async function droppingPort(): Promise<number> {
  const code = `require("net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {
    require("fs").writeSync(1, String(this.address().port));
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  })`;
  const busy = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  open.add({ close: () => busy.kill("SIGKILL") });
  const port = Number((await once(busy.stdout, "data"))[0]);
  // A queue of one holds two.
  for (const _ of [1, 2]) {
    const socket = net.connect(port, "127.0.0.1").on("error", () => {});
    sockets.add(socket);
    await once(socket, "connect");
  }
  return port;
}

/** A port on which nothing listens. */
export async function closedPort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** A UDP server; answers with what the handler gives for a packet, at once or later by `reply`. */
export async function udpServer(
  answer: (
    packet: Buffer,
    from: dgram.RemoteInfo,
    reply: (packet: Buffer) => void,
  ) => Buffer | undefined,
): Promise<number> {
  const socket = dgram.createSocket("udp4");
  socket.on("message", (packet, from) => {
    const reply = (packet: Buffer) => socket.send(packet, from.port, from.address);
    const now = answer(packet, from, reply);
    if (now) reply(now);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  open.add(socket);
  return socket.address().port;
}

/** A request for a server on this machine, with the ports it was given. */
export function requestFor(
  ports: Record<string, number>,
  rest: Partial<VerifyRequest> = {},
): VerifyRequest {
  const rows = Object.entries(ports).map(([name, from]): PortRow => {
    const protocol = name === "turn-udp" || name === "turn-relay" ? "udp" : "tcp";
    const to = name === "turn-relay" ? 65_535 : from;
    return { name, protocol, from, to, reason: "test", listens: "always" };
  });
  return { domain: "chat.family.test", ipv4: "127.0.0.1", ports: rows, ...rest };
}
