import http from "node:http";
import tls from "node:tls";
import type { VerifyRequest } from "../../../components/snikket/probes/request";
import { verify } from "../../../components/snikket/verify";
import { createAuthority } from "../../support/certificates";
import {
  babble,
  closeServers,
  listen,
  requestFor,
  tcpServer,
  udpServer,
} from "../../support/servers";
import { login } from "../../support/turn-server";

const tcpRows = ["http", "https", "xmpp-client", "xmpp-server", "turn-tcp"];
const authority = createAuthority();
const certificate = authority.issue([
  "chat.family.test",
  "groups.chat.family.test",
  "share.chat.family.test",
]);

afterAll(closeServers);

/** Verifies against one TCP and one UDP port that stand for all. */
async function verifyAgainst(tcp: number, udp: number, rest: Partial<VerifyRequest> = {}) {
  const rows = Object.fromEntries(tcpRows.map((name) => [name, tcp]));
  const request = requestFor(
    { ...rows, "turn-udp": udp, "turn-relay": 1024 },
    {
      nameservers: [`127.0.0.1:${udp}`],
      acmeRoots: authority.cert,
      turn: login,
      ...rest,
    },
  );
  const started = Date.now();
  const results = await verify(request);
  return {
    results: Object.fromEntries(results.map((r) => [r.name, r])),
    seconds: (Date.now() - started) / 1000,
  };
}

type Seen = Awaited<ReturnType<typeof verifyAgainst>>;

describe("what answers badly ends in words, and soon:", () => {
  let silent: Seen;
  let babbling: Seen;
  let dripping: Seen;

  beforeAll(async () => {
    const mute = await udpServer(() => undefined);
    const flood = await udpServer((_, __, reply) => {
      for (let i = 0; i < 50; i += 1) reply(Buffer.alloc(1400, "!"));
      return undefined;
    });
    [silent, babbling, dripping] = await Promise.all([
      verifyAgainst(await tcpServer(() => {}), mute),
      verifyAgainst(await tcpServer(babble("Lorem ipsum \u001b[2J")), flood),
      verifyAgainst(await listen(http.createServer(drip)), mute, { only: ["http"] }),
    ]);
  }, 30_000);

  test("silence on every port", () => {
    const lateTls = "no end of the TLS handshake within 4 s";
    const lateXmpp = "the connection opened, but no XMPP reply came within 3 s";
    expect(saws(silent)).toEqual({
      dns: expect.stringMatching(/^no name server answers: 127\.0\.0\.1:\d+ \(ETIMEOUT\)$/),
      http: "the connection opened, but no whole HTTP answer came within 4 s",
      certificate: lateTls,
      portal: lateTls,
      xmpp: lateTls,
      client: lateXmpp,
      server: lateXmpp,
      stun: expect.stringMatching(/^no answer from 127\.0\.0\.1:\d+ \((UDP|TCP)\) within 3 s$/),
      turn: expect.stringMatching(/^no answer from 127\.0\.0\.1:\d+ \(UDP\) within 3 s$/),
    });
    expect(silent.seconds).toBeLessThan(10);
  });

  test("babble on every port", () => {
    const { results, seconds } = babbling;
    expect(results.client?.saw).toMatch(
      /^the server does not speak XMPP; it said "Lorem ipsum \[2J/,
    );
    expect(Object.values(results).every(({ ok, saw }) => !ok && saw.length < 250)).toBe(true);
    expect(JSON.stringify(results)).not.toContain("\\u001b");
    expect(seconds).toBeLessThan(10);
  });

  test("a page that drips for ever", () => {
    expect(saws(dripping).http).toBe(
      "the connection opened, but no whole HTTP answer came within 4 s",
    );
  });
});

const saws = ({ results }: Seen) =>
  Object.fromEntries(Object.values(results).map(({ name, ok, saw }) => [name, ok || saw]));

function drip(_: http.IncomingMessage, response: http.ServerResponse): void {
  const timer = setInterval(() => response.write("STATUS "), 100);
  response.on("close", () => clearInterval(timer));
}

test("reads no more than 64 KiB of a page", async () => {
  let sent = 0;
  const endless = http.createServer((_, response) => {
    const more = () => {
      while (!response.destroyed && response.write("x".repeat(16_384))) sent += 16_384;
    };
    response.on("drain", more);
    more();
  });
  const front = tls.createServer(certificate, (socket) =>
    endless.emit(
      "connection",
      socket.on("error", () => {}),
    ),
  );
  const { results } = await verifyAgainst(await listen(front), 9, { only: ["portal"] });
  expect(results.portal).toMatchObject({
    ok: false,
    saw: expect.stringContaining("gave HTTP 200, beginning"),
  });
  expect(sent).toBeLessThan(8 * 1024 * 1024);
});
