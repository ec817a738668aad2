import { spawn } from "node:child_process";
import http from "node:http";
import { text } from "node:stream/consumers";
import type { ProbeResult } from "../../../components/snikket/probes/probe";
import type { VerifyRequest } from "../../../components/snikket/probes/request";
import { explainUnreachable } from "../../../components/snikket/probes/unreachable";
import { formatResult, verify } from "../../../components/snikket/verify";
import { dnsServer, type Zone } from "../../support/dns-server";
import { closedPort, closeServers, listen, requestFor } from "../../support/servers";
import { login } from "../../support/turn-server";

const zone = (): Zone => ({
  "chat.family.test": [["A", "127.0.0.1"]],
  "groups.chat.family.test": [["CNAME", "chat.family.test"]],
  "share.chat.family.test": [["CNAME", "chat.family.test"]],
});

afterEach(closeServers);

describe("an unreachable port", () => {
  const blocked: ProbeResult = {
    name: "client",
    ok: false,
    saw: "no connection",
    unreachable: "xmpp-client",
  };
  const portal = (ok: boolean): ProbeResult => ({ name: "portal", ok, saw: "" });
  const explain = (machineSees: VerifyRequest["machineSees"], https: boolean) => {
    const request = requestFor({ "xmpp-client": 5222 }, machineSees && { machineSees });
    return explainUnreachable([portal(https), blocked], request)[1];
  };

  test("is a warning if the machine listens there and HTTPS works from here", () => {
    expect(explain({ "xmpp-client": true }, true)).toMatchObject({
      ok: true,
      note: "warn",
      saw: "no connection; the machine does listen there, so your network or a firewall in between blocks it",
      remedy: expect.stringContaining("try from another network"),
    });
  });

  test("is a failure if the machine does not listen there", () => {
    expect(explain({ "xmpp-client": false }, true)).toMatchObject({
      ok: false,
      saw: "no connection; on the machine nothing listens on TCP port 5222",
    });
  });

  test.each([
    ["nothing works from here", { "xmpp-client": true }, false],
    ["the machine was not asked", undefined, true],
  ])("is a failure if %s", (_, machineSees, https) => {
    expect(explain(machineSees, https)).toMatchObject({
      ok: false,
      remedy: expect.stringContaining("open TCP port 5222 in every firewall"),
    });
  });

  test("changes nothing of a probe that got through and failed", () => {
    const failed: ProbeResult = { name: "client", ok: false, saw: "no STARTTLS" };
    const request = requestFor({ "xmpp-client": 5222 }, { machineSees: { "xmpp-client": true } });
    expect(explainUnreachable([portal(true), failed], request)[1]).toEqual(failed);
  });
});

describe("the rounds", () => {
  test("before a certificate, only names and plain HTTP are looked at", async () => {
    const port = await listen(http.createServer((_, response) => response.end("x")));
    const nameservers = [await dnsServer(zone())];
    const results = await verify(requestFor({ http: port }, { nameservers, phase: "proxy" }));
    expect(results.map(({ name, ok }) => [name, ok])).toEqual([
      ["dns", true],
      ["http", true],
    ]);
  });

  test("go on while there is patience, and tell what they wait for", async () => {
    const records = zone();
    delete records["share.chat.family.test"];
    const nameservers = [await dnsServer(records)];
    const lines: string[] = [];
    const results = await verify(
      requestFor({}, { nameservers, only: ["dns"], patience: 30 }),
      (line) => {
        lines.push(line);
        records["share.chat.family.test"] = [["A", "127.0.0.1"]];
      },
    );
    expect(results).toMatchObject([{ name: "dns", ok: true }]);
    expect(lines).toEqual([
      "waiting up to 30 s more for dns: share.chat.family.test has no record",
    ]);
  }, 20_000);

  test("fail if nothing is to be looked at", async () => {
    const only = ["dsn"] as unknown as VerifyRequest["only"];
    await expect(verify(requestFor({}, { only: only ?? [] }))).rejects.toThrow(
      "there is no probe of that name: dsn",
    );
  });
});

describe("as a process", () => {
  async function run(input: string) {
    const command = ["--require", "tsx/cjs", "components/snikket/verify.ts"];
    const child = spawn(process.execPath, command);
    child.stdin.end(input);
    const [stdout, stderr, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      new Promise((resolve) => child.once("close", resolve)),
    ]);
    return { stdout, stderr, code };
  }
  const request = async (records: Zone, rest = {}) =>
    JSON.stringify({
      ...requestFor({}, { nameservers: [await dnsServer(records)], only: ["dns"], ...rest }),
      stamps: ["7"],
    });

  test("prints a line per probe and ends with 0", async () => {
    const { stdout, stderr, code } = await run(await request(zone()));
    expect(stdout).toMatch(
      /^asking chat\.family\.test at 127\.0\.0\.1 whether it answers\nok {7}dns {10}all three names give 127\.0\.0\.1 at .*\n$/,
    );
    expect([stderr, code]).toEqual(["", 0]);
  });

  test("ends with 1 and what to do, without a word of the credentials", async () => {
    const turn = await closedPort();
    const rest = {
      only: ["dns", "turn"],
      turn: login,
      ports: requestFor({ "turn-udp": turn }).ports,
    };
    const { stdout, stderr, code } = await run(await request({}, rest));
    expect(stdout).toContain("FAILED   dns          chat.family.test has no record; groups.");
    expect(stdout).toContain("            chat.family.test. A 127.0.0.1\n");
    expect(stdout).toContain("FAILED   turn         127.0.0.1:");
    expect(stdout).toContain("2 of 2 checks failed");
    expect(stdout + stderr).not.toContain(login.credential);
    expect(code).toBe(1);
  });

  test("does not quote an input it cannot read", async () => {
    const { stderr, stdout, code } = await run('{"turn":{"credential":c2VjcmV0}}');
    expect(stderr).toBe("the verification could not run: its request is not JSON\n");
    expect([stdout, code]).toEqual(["", 1]);
  });
});

test("a result is one line, with what to do below", () => {
  const failed: ProbeResult = { name: "dns", ok: false, saw: "nothing", remedy: "this\nand that" };
  expect(formatResult(failed)).toBe(
    "FAILED   dns          nothing\n         -> this\n            and that",
  );
  expect(formatResult({ name: "turn", ok: true, saw: "x", note: "skipped" })).toBe(
    "skipped  turn         x",
  );
});
