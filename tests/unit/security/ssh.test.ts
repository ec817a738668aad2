import type { Socket } from "node:net";
import { reach } from "../../../components/remote/reach";
import { pour } from "../../support/attack-servers";
import { closeServers, tcpServer } from "../../support/servers";
import { sshKey } from "../../support/ssh-keys";
import { sshServer } from "../../support/ssh-server";

const [hostKey, key] = [sshKey(), sshKey()];
const connection = (port: number) => ({
  ...{ host: "127.0.0.1", port, user: "anna" },
  ...{ privateKey: key.privateKey, hostKey: hostKey.publicKey },
});
const offered = ["none", "publickey"];
const readable = /^anna@127\.0\.0\.1 port \d+ [\x20-\x7e…]{10,800}$/;

afterEach(closeServers);

/** What a person is told of a server that gives no more than two seconds to be reached. */
const told = (port: number): Promise<string> =>
  reach(connection(port), 2).then(
    () => "reached",
    (error: Error) => error.message,
  );

/** A packet before any encryption that ends the connection, with a reason in words (RFC 4253 sections 6 and 11.1). */
function disconnect(reason: string): Buffer {
  const words = Buffer.from(reason);
  const payload = Buffer.concat([
    Buffer.from([1, 0, 0, 0, 2]),
    ...[words, Buffer.alloc(0)].flatMap((text) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(text.length);
      return [length, text];
    }),
  ]);
  const padding = 8 - ((payload.length + 5) % 8) + 8;
  const head = Buffer.alloc(5);
  head.writeUInt32BE(payload.length + padding + 1);
  head[4] = padding;
  return Buffer.concat([head, payload, Buffer.alloc(padding)]);
}

const greet = (more: Buffer) => (socket: Socket) => {
  socket.write("SSH-2.0-OpenSSH_9.2\r\n");
  socket.write(more);
};

test("a server's last words reach no terminal as they are", async () => {
  const words = `go\u001b]0;owned\u0007 away\n\u001b[2J\u009b2J\u202e ${"x".repeat(30_000)}`;
  const message = await told(await tcpServer(greet(disconnect(words))));
  expect(message).toMatch(readable);
  expect(message).toMatch(/ended the connection: go ]0;owned away \[2J 2J x{20,}/);
});

test.each<[string, (socket: Socket) => void]>([
  ["speaks without an end and is no SSH server", pour("", "Lorem ipsum \u001b[2J\r\n")],
  ["says something longer than any greeting", (socket) => socket.write("SSH-2.0-".repeat(9_000))],
  ["greets and then sends nothing but noise", greet(Buffer.alloc(70_000, 0xff))],
  [
    "greets and asks for a packet of two gigabytes",
    greet(Buffer.from([0x7f, 0xff, 0xff, 0xff, 4, 1])),
  ],
  ["greets and hangs up", (socket) => socket.end("SSH-2.0-x\r\n")],
])("one that %s is left in a sentence", async (_, behave) => {
  expect(await told(await tcpServer(behave))).toMatch(readable);
});

test("one that takes passwords alone is offered no password and no answer to a question", async () => {
  const server = await sshServer(hostKey, key, { lets: "nobody" });
  try {
    const message = await told(server.connection.port);
    expect(message).toContain("refuses the private key in snikket:sshPrivateKey");
    expect(message).toMatch(readable);
    expect(server.attempts).toContain("publickey");
    expect(server.attempts.filter((method) => !offered.includes(method))).toEqual([]);
    // Nothing is asked for of whom nobody was let in.
    expect(server.asked).toEqual([]);
  } finally {
    server.close();
  }
});

test("one that lets in is asked for nothing: no session, no agent, no forwarding", async () => {
  const server = await sshServer(hostKey, key, { lets: "everybody" });
  try {
    expect(await told(server.connection.port)).toBe("reached");
    expect(server.asked).toEqual([]);
  } finally {
    server.close();
  }
});
