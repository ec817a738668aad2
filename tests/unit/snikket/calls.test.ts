import { stunProbe, turnProbe } from "../../../components/snikket/probes/calls";
import { decode, encode, kind, method } from "../../../components/snikket/probes/stun";
import { attribute, encodeEndpoint } from "../../../components/snikket/probes/stun-attributes";
import { closedPort, closeServers, requestFor, tcpServer, udpServer } from "../../support/servers";
import { login, type TurnFaults, turnServer } from "../../support/turn-server";

afterEach(closeServers);

const seenAs = (packet: Buffer, address = "198.51.100.7") => {
  const message = decode(packet);
  return (
    message &&
    encode(
      method.binding | kind.success,
      [[attribute.mapped, encodeEndpoint({ address, port: 4 })]],
      message,
    )
  );
};

/** Answers over TCP in two pieces, as a network may. */
const byTcp = () =>
  tcpServer((socket) =>
    socket.on("data", (packet) => {
      const answer = seenAs(packet) ?? Buffer.alloc(0);
      socket.write(answer.subarray(0, 7));
      setTimeout(() => socket.write(answer.subarray(7)), 20);
    }),
  );

describe("STUN", () => {
  test("answers by UDP and TCP", async () => {
    const request = requestFor({
      "turn-udp": await udpServer((packet) => seenAs(packet)),
      "turn-tcp": await byTcp(),
    });
    expect(await stunProbe(request)).toEqual({
      name: "stun",
      ok: true,
      saw: "answers by UDP and TCP, and sees this computer as 198.51.100.7",
    });
  });

  test("is asked again when a packet is lost", async () => {
    let packets = 0;
    const lossy = await udpServer((packet) => (packets++ ? seenAs(packet) : undefined));
    expect(
      await stunProbe(requestFor({ "turn-udp": lossy, "turn-tcp": await byTcp() })),
    ).toMatchObject({ ok: true });
  });

  test("fails where UDP is closed, and says so", async () => {
    const request = requestFor({ "turn-udp": await closedPort(), "turn-tcp": await byTcp() });
    const result = await stunProbe(request);
    expect(result).toMatchObject({ ok: false, unreachable: "turn-udp" });
    expect(result.saw).toMatch(/^127\.0\.0\.1:\d+ \(UDP\) refused the connection$/);
  });

  test("does not take another transaction's answer", async () => {
    const stranger = await udpServer(() => encode(method.binding | kind.success, []));
    const result = await stunProbe(requestFor({ "turn-udp": stranger, "turn-tcp": await byTcp() }));
    expect(result).toMatchObject({
      ...{ ok: false, unreachable: "turn-udp" },
      saw: expect.stringMatching(/^no answer from .* \(UDP\) within 3 s$/),
    });
  });

  test("tells a server that hangs from a way that is blocked: its connection opens", async () => {
    const silent = {
      "turn-udp": await udpServer(() => undefined),
      "turn-tcp": await tcpServer(() => {}),
    };
    const result = await stunProbe(requestFor(silent));
    expect(result).toMatchObject({
      ...{ ok: false, saw: expect.stringMatching(/^no answer from .* \(TCP\) within 3 s$/) },
      remedy: expect.stringContaining("its server hangs: on the machine, docker restart snikket"),
    });
    expect(result.unreachable).toBeUndefined();
  });
});

describe("TURN", () => {
  async function look(faults: TurnFaults = {}, turn = login) {
    const { port, granted } = await turnServer(faults);
    const result = await turnProbe(requestFor({ "turn-udp": port, "turn-relay": 1024 }, { turn }));
    return { ...result, granted };
  }

  test("relays both ways, and is given back", async () => {
    const result = await look();
    expect(result).toMatchObject({
      name: "turn",
      ok: true,
      saw: expect.stringMatching(/^relays at 127\.0\.0\.1:\d+, both ways$/),
    });
    expect(result.note).toBeUndefined();
    expect(result.granted).toEqual([method.allocate, method.permission, method.refresh]);
  });

  test("is skipped without credentials, and says so", async () => {
    expect(await turnProbe(requestFor({}))).toEqual({
      name: "turn",
      ok: true,
      note: "skipped",
      saw: "no credentials were given",
    });
  });

  test("takes a new nonce when the server wants that", async () => {
    expect(await look({ staleNonceOnce: true })).toMatchObject({ ok: true });
  });

  test.each<[string, TurnFaults, string]>([
    [
      "a private relay address",
      { relayed: { address: "10.0.0.5", port: 50_000 } },
      "relays at 10.0.0.5 instead of 127.0.0.1",
    ],
    [
      "an IPv6 relay address",
      { ipv6Relay: true },
      "relays at an IPv6 address instead of 127.0.0.1",
    ],
    [
      "a closed relay port",
      { relayed: { address: "127.0.0.1", port: 1000 } },
      "relays at port 1000, outside the open ports 1024-65535",
    ],
    ["no free port", { refusal: 508 }, "the TURN server refuses: 508 No"],
    [
      "an answer without a signature",
      { unsigned: true },
      "the TURN server's answer is not signed with the shared secret",
    ],
  ])("fails on %s", async (_, faults, saw) => {
    expect(await look(faults)).toMatchObject({ ok: false, saw });
  });

  test("gives a wrong address back too", async () => {
    expect((await look({ ipv6Relay: true })).granted).toContain(method.refresh);
  });

  test("fails on credentials made with another secret", async () => {
    const result = await look({}, { ...login, credential: "b3RoZXI=" });
    expect(result).toMatchObject({ ok: false, saw: "the TURN server refuses: 401 No" });
    expect(JSON.stringify(result)).not.toContain("b3RoZXI=");
  });

  test("warns when nothing passes through the relay", async () => {
    const result = await look({ deaf: true });
    expect(result).toMatchObject({
      ok: true,
      note: "warn",
      saw: expect.stringContaining("(nothing came in within 2 s)"),
    });
    expect(result.granted).toContain(method.refresh);
  });
});
