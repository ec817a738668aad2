import { spawn } from "node:child_process";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { dnsProbe } from "../../../components/snikket/probes/dns";
import { look, readable, requestOf } from "../../support/attack-look";
import { crawl, lavishNameServer, pour } from "../../support/attack-servers";
import { closeServers, requestFor, tcpServer, udpServer } from "../../support/servers";
import { login } from "../../support/turn-server";

afterEach(closeServers);

test("silence on every port ends in words", async () => {
  const lateTls = "no end of the TLS handshake within 4 s";
  const lateXmpp = "the connection opened, but no XMPP reply came within 3 s";
  const mute = await udpServer(() => undefined);
  expect(await look(await tcpServer(() => {}), "all", mute)).toEqual({
    dns: expect.stringMatching(/^no name server answers: 127\.0\.0\.1:\d+ \(ETIMEOUT\)$/),
    http: "the connection opened, but no whole HTTP answer came within 4 s",
    certificate: lateTls,
    portal: lateTls,
    xmpp: lateTls,
    client: lateXmpp,
    server: lateXmpp,
    files: "the connection opened, but no SOCKS 5 came within 3 s",
    stun: expect.stringMatching(/^no answer from 127\.0\.0\.1:\d+ \((UDP|TCP)\) within 3 s$/),
    turn: expect.stringMatching(/^no answer from 127\.0\.0\.1:\d+ \(UDP\) within 3 s$/),
  });
});

test("so does babble on every port, of which little is repeated", async () => {
  const flood = await udpServer((_, __, reply) => {
    for (let i = 0; i < 50; i += 1) reply(Buffer.alloc(1400, "!"));
    return undefined;
  });
  const saws = await look(await tcpServer(pour("", "Lorem ipsum \u001b[2J")), "all", flood);
  expect(saws.client).toMatch(/^the server does not speak XMPP; it said "Lorem ipsum \[2J/);
  expect(Object.values(saws).filter((saw) => saw.length >= 250)).toEqual([]);
});

test.each([
  ["drips", crawl("<?xml version='1.0'?><stream:stream><stream:features>")],
  ["has no end", pour("<stream:stream>", "<message>\u001b[2J</message>".repeat(20))],
  ["is full of beginnings", pour("<stream:stream>", "</a:</stream:featurs>".repeat(20))],
  ["grows without an end", pour('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>', "&b;")],
  [
    "proceeds and then speaks no TLS",
    pour("<features>urn:ietf:params:xml:ns:xmpp-tls</features><proceed/>", "x"),
  ],
])("an XMPP stream that %s is left", async (_, behave) => {
  for (const saw of Object.values(await look(await tcpServer(behave), ["client", "server"])))
    expect(saw).toMatch(/XMPP|TLS/);
});

describe("a call relay", () => {
  const cookie = Buffer.from("2112a442", "hex");

  test("that answers with noise behind a right head is left", async () => {
    const udp = await udpServer((packet, _, reply) => {
      const junk = Buffer.alloc(1000, 0xff);
      for (const length of [0, 4, 8, 996, 1000]) {
        const head = Buffer.from([1, 1, length >> 8, length & 255]);
        reply(Buffer.concat([head, packet.subarray(4, 20), junk.subarray(0, length)]));
      }
      return undefined;
    });
    const tcp = await tcpServer(
      pour(Buffer.concat([Buffer.from([1, 1, 0xff, 0xff]), cookie]), "!"),
    );
    for (const saw of Object.values(await look(tcp, ["stun", "turn"], udp)))
      expect(saw).toMatch(/answer/);
  });

  test("that is mute by UDP and cuts TCP ends nothing but its own probe", async () => {
    const udp = await udpServer(() => undefined);
    const tcp = await tcpServer((socket) => socket.once("data", () => socket.destroy()));
    const { stun } = await look(tcp, ["stun"], udp);
    expect(stun).toMatch(/cut the connection/);
    // As long as a question is asked again where nobody answered.
    await new Promise((resolve) => setTimeout(resolve, 2_000));
  });

  test("that asks for ever to log in again is asked three times", async () => {
    let asked = 0;
    const udp = await udpServer((packet) => {
      asked++;
      const stale = Buffer.from([0, 9, 0, 8, 0, 0, 4, 38, ...Buffer.from("\u001b[2J")]);
      const nonce = Buffer.from([0, 0x15, 0, 4, ...Buffer.from("abcd")]);
      const type = Buffer.from([1, 0x13, 0, stale.length + nonce.length]);
      return Buffer.concat([type, packet.subarray(4, 20), stale, nonce]);
    });
    const { turn } = await look(9, ["turn"], udp);
    expect(turn).toMatch(/^the TURN server refuses: 438/);
    expect(asked).toBe(3);
  });
});

test("a name server with 4,000 addresses is described by a few of them", async () => {
  const nameservers = [await lavishNameServer(4_000)];
  const { ok, saw } = await dnsProbe(requestFor({}, { ipv4: "198.51.100.20", nameservers }));
  expect(ok).toBe(false);
  expect(saw).toMatch(readable);
  expect(saw).toContain("10.9.0.0");
  expect(saw).toMatch(/ and 3996 more, which is not this machine/);
});

test("the verification ends as a program, too, whatever it talks to, and prints plain lines", async () => {
  const udp = await udpServer((_, __, reply) => void reply(Buffer.alloc(1400, "!")));
  const tcp = await tcpServer(pour("", "Lorem ipsum \u001b[2J\u009b2J\r\n".repeat(100)));
  const child = spawn(
    process.execPath,
    ["--require", "ts-node/register", "../components/snikket/verify.ts"],
    { cwd: path.join(__dirname, "../../../infra"), stdio: ["pipe", "pipe", "pipe"] },
  );
  child.stdin.end(JSON.stringify(requestOf(tcp, udp)));
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(code).toBe(1);
  expect(await err).toBe("");
  const lines = (await out).trimEnd().split("\n");
  expect(lines.at(-1)).toBe("10 of 10 checks failed");
  for (const line of lines) expect(line).toMatch(/^[\x20-\x7e\u00a1-\u024f…]{5,700}$/);
  expect(await out).not.toContain(login.credential);
});
