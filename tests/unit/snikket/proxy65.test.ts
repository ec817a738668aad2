import { filesProbe } from "../../../components/snikket/probes/proxy65";
import { closedPort, closeServers, requestFor, tcpServer } from "../../support/servers";

afterEach(closeServers);

const look = (port: number) => filesProbe(requestFor({ proxy65: port }));

/** A server that answers a greeting, byte by byte. */
const answering = (...bytes: number[]) =>
  tcpServer((socket) => {
    socket.setNoDelay().once("data", (greeting) => {
      if (greeting.equals(Buffer.from([5, 1, 0])))
        for (const byte of bytes) socket.write(Buffer.from([byte]));
      else socket.destroy();
    });
  });

test("a proxy that lets people in without a password", async () => {
  expect(await look(await answering(5, 0))).toEqual({
    ...{ name: "files", ok: true },
    saw: "the proxy for large files answers",
  });
});

test.each([
  ["wants a password", () => answering(5, 255)],
  ["is another program", () => answering(72, 84, 84, 80)],
  ["hangs up", () => tcpServer((socket) => socket.once("data", () => socket.end()))],
  [
    "cuts the line",
    () => tcpServer((socket) => socket.once("data", () => socket.resetAndDestroy())),
  ],
])("fails where what listens %s", async (_, server) => {
  expect(await look(await server())).toMatchObject({
    ...{ ok: false, saw: "what answers is no proxy for files" },
    remedy: "on the machine, see: docker logs --tail 50 snikket",
  });
});

test("fails where nothing listens, and says at which port", async () => {
  const port = await closedPort();
  expect(await look(port)).toMatchObject({
    ...{ ok: false, saw: `127.0.0.1:${port} refused the connection` },
    unreachable: "proxy65",
  });
});
