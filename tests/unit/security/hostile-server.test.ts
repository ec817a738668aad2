import { spawn } from "node:child_process";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { dnsProbe } from "../../../components/snikket/probes/dns";
import { describeAnswer } from "../../../components/snikket/probes/http";
import type { VerifyRequest } from "../../../components/snikket/probes/request";
import { decode } from "../../../components/snikket/probes/stun";
import { verify } from "../../../components/snikket/verify";
import { crawl, lavishNameServer, pour, webServer } from "../../support/attack-servers";
import { type Certificate, createAuthority } from "../../support/certificates";
import { closeServers, requestFor, tcpServer, udpServer } from "../../support/servers";
import { login } from "../../support/turn-server";

const authority = createAuthority();
const names = ["chat.family.test", "groups.chat.family.test", "share.chat.family.test"];
const certificate = authority.issue(names);
const readable = /^[\x20-\x7e\u00a1-\u024f…]{10,700}$/;

afterEach(closeServers);

type Only = NonNullable<VerifyRequest["only"]>;

const rows = (tcp: number, udp: number) => ({
  ...Object.fromEntries(
    ["http", "https", "xmpp-client", "xmpp-server", "turn-tcp"].map((name) => [name, tcp]),
  ),
  ...{ "turn-udp": udp, "turn-relay": 1024 },
});
const request = (tcp: number, udp = 9): VerifyRequest =>
  requestFor(rows(tcp, udp), { acmeRoots: authority.cert, turn: login });

/** What is seen of a server by some probes: all of it bad, in readable words, within the bound of each. */
async function look(tcp: number, only: Only, udp = 9): Promise<string[]> {
  const started = Date.now();
  const results = await verify({ ...request(tcp, udp), only });
  // Nine seconds each, side by side; the rest is for a busy computer.
  expect(Date.now() - started).toBeLessThan(20_000);
  for (const { ok, saw } of results)
    expect([ok, saw]).toEqual([false, expect.stringMatching(readable)]);
  return results.map(({ saw }) => saw);
}

test("a page of nothing but the beginnings of tags takes no longer than its length", () => {
  const spent = (length: number): number => {
    const started = performance.now();
    describeAnswer({ status: 200, headers: {}, body: "<".repeat(length) });
    return performance.now() - started;
  };
  // Eight times as much; looking for each tag's end in all that follows takes 64 times as long.
  expect(spent(64 * 1024)).toBeLessThan(100 + 24 * spent(8 * 1024));
});

describe("a web server", () => {
  test.each([
    ["to itself", (port: number) => `https://chat.family.test:${port}/`],
    ["to another server", (_: number, other: number) => `http://127.0.0.1:${other}/`],
    ["into the cloud", () => "http://169.254.169.254/opc/v2/instance/"],
    ["to a file", () => "file:///etc/passwd"],
  ])("that redirects %s is not followed", async (_, where) => {
    let elsewhere = 0;
    const other = await tcpServer((socket) => {
      elsewhere++;
      socket.destroy();
    });
    const { port, asked } = await webServer(certificate, (_, response) => {
      response.writeHead(302, { location: where(port, other) }).end();
    });
    const saws = await look(port, ["portal", "xmpp"]);
    expect(saws.filter((saw) => saw.includes(`a redirect to ${where(port, other)}`))).toHaveLength(
      2,
    );
    expect(asked.sort()).toEqual(
      ["portal", "xmpp"].map((part) => `chat.family.test/_health/${part}`),
    );
    expect(elsewhere).toBe(0);
  });

  test.each<[string, (length: number) => string]>([
    ["nothing but the beginnings of tags", (length) => "<".repeat(length)],
    ["a tag without an end", (length) => `<${"a".repeat(length)}`],
    ["control characters", (length) => "\u001b[2J\u0007\u009b\r\n".repeat(length / 8)],
  ])("with a page of %s is described at once", async (_, page) => {
    const { port } = await webServer(certificate, (_, response) => response.end(page(64 * 1024)));
    const [portal] = await look(port, ["portal", "xmpp"]);
    expect(portal).toMatch(/^https:\/\/chat\.family\.test\/_health\/portal gave HTTP 200/);
  });

  test.each([
    ["drips its head", crawl("HTTP/1.1 200 OK\r\nX: ")],
    ["never ends its head", pour("HTTP/1.1 200 OK\r\n", "X-Header: \u001b[2J\r\n".repeat(50))],
    ["says for ever that it goes on", pour("", "HTTP/1.1 100 Continue\r\n\r\n".repeat(50))],
    ["claims more than it sends", pour("HTTP/1.1 200 OK\r\nContent-Length: 1e99\r\n\r\n", "x")],
    [
      "sends chunks without a length",
      pour("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "zz\r\n"),
    ],
  ])("that %s is left", async (_, behave) => {
    const [http] = await look(await tcpServer(behave), ["http"]);
    expect(http).toMatch(/no whole HTTP answer came within 4 s|no HTTP answer: |gave HTTP/);
  });
});

describe("a certificate", () => {
  const chain = (length: number): Certificate => ({
    ...certificate,
    cert: certificate.cert + authority.cert.repeat(length),
  });
  test.each([
    ["that has ended", authority.issue(names, -1), /expired|ended on/],
    ["for another name", authority.issue(["other.test"]), /altname|is for DNS:other\.test/i],
    ["that vouches for itself", createAuthority("Stranger"), /self.signed|is for no name/i],
    ["of an unknown authority", createAuthority("Stranger").issue(names), /unable to|not trusted/i],
    ["with a chain of 2,000 others", chain(2_000), /TLS failed|cut in the TLS handshake/],
  ])("%s ends in words, and nothing is asked of that server", async (_, shown, words) => {
    const { port, asked } = await webServer(shown, (_, response) => response.end("STATUS OK"));
    for (const saw of await look(port, ["certificate", "portal", "xmpp"]))
      expect(saw).toMatch(words);
    expect(asked).toEqual([]);
  });

  /** The head of a TLS record that says how much of a handshake is to come. */
  const record = Buffer.from([22, 3, 3, 0x40, 0]);
  test.each([
    ["drips", crawl(Buffer.concat([record, Buffer.alloc(100)]))],
    ["has no end", pour(record, Buffer.alloc(5000, 2))],
    ["asks for patience for ever", pour("", Buffer.from([22, 3, 3, 0, 4, 0, 0, 0, 0]))],
    ["is noise", pour("", Buffer.alloc(5000, 0x5a))],
  ])("is not waited for where the handshake %s", async (_, behave) => {
    for (const saw of await look(await tcpServer(behave), ["certificate", "portal"]))
      expect(saw).toMatch(/no end of the TLS handshake within 4 s|TLS failed|cut/);
  });
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
  for (const saw of await look(await tcpServer(behave), ["client", "server"]))
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
    for (const saw of await look(tcp, ["stun", "turn"], udp)) expect(saw).toMatch(/answer/);
  });

  test("that is mute by UDP and cuts TCP ends nothing but its own probe", async () => {
    const udp = await udpServer(() => undefined);
    const tcp = await tcpServer((socket) => socket.once("data", () => socket.destroy()));
    const [stun] = await look(tcp, ["stun"], udp);
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
    const [turn] = await look(9, ["turn"], udp);
    expect(turn).toMatch(/^the TURN server refuses: 438/);
    expect(asked).toBe(3);
  });

  test("whatever it sends is read as a message or left, and never fails", () => {
    const packet = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.uint8Array({ maxLength: 200 }).map((body) => {
        const head = Buffer.from([1, 1, 0, body.length]);
        return Buffer.concat([head, cookie, Buffer.alloc(12), body]);
      }),
    );
    fc.assert(
      fc.property(packet, (bytes) => {
        const message = decode(Buffer.from(bytes));
        expect(message?.signedWith(Buffer.from("key")) ?? false).toBe(false);
      }),
      { numRuns: 2000 },
    );
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
  const nameservers = [`127.0.0.1:${udp}`];
  const child = spawn(
    process.execPath,
    ["--require", "ts-node/register", "../components/snikket/verify.ts"],
    { cwd: path.join(__dirname, "../../../infra"), stdio: ["pipe", "pipe", "pipe"] },
  );
  child.stdin.end(JSON.stringify({ ...request(tcp, udp), nameservers }));
  const [out, err] = [text(child.stdout), text(child.stderr)];
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(code).toBe(1);
  expect(await err).toBe("");
  const lines = (await out).trimEnd().split("\n");
  expect(lines.at(-1)).toBe("9 of 9 checks failed");
  for (const line of lines) expect(line).toMatch(/^[\x20-\x7e\u00a1-\u024f…]{5,700}$/);
  expect(await out).not.toContain(login.credential);
});
