import { describeAnswer } from "../../../components/snikket/probes/http";
import { authority, certificate, look, names } from "../../support/attack-look";
import { crawl, pour, webServer } from "../../support/attack-servers";
import { type Certificate, createAuthority } from "../../support/certificates";
import { closeServers, tcpServer } from "../../support/servers";

afterEach(closeServers);

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
    const { portal, xmpp } = await look(port, ["portal", "xmpp"]);
    for (const saw of [portal, xmpp]) expect(saw).toContain(`a redirect to ${where(port, other)}`);
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
    const { portal } = await look(port, ["portal", "xmpp"]);
    expect(portal).toMatch(/^https:\/\/chat\.family\.test\/_health\/portal gave HTTP 200/);
  });

  test.each([
    ["drips its head", crawl("HTTP/1.1 200 OK\r\nX: ")],
    ["drips its page", crawl("STATUS ", "HTTP/1.1 200 OK\r\n\r\n")],
    ["never ends its head", pour("HTTP/1.1 200 OK\r\n", "X-Header: \u001b[2J\r\n".repeat(50))],
    ["says for ever that it goes on", pour("", "HTTP/1.1 100 Continue\r\n\r\n".repeat(50))],
    ["claims more than it sends", pour("HTTP/1.1 200 OK\r\nContent-Length: 1e99\r\n\r\n", "x")],
    [
      "sends chunks without a length",
      pour("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "zz\r\n"),
    ],
  ])("that %s is left", async (_, behave) => {
    const { http } = await look(await tcpServer(behave), ["http"]);
    expect(http).toMatch(/no whole HTTP answer came within 4 s|no HTTP answer: |gave HTTP/);
  });

  test("that never ends its page is read to 64 KiB", async () => {
    let sent = 0;
    const { port } = await webServer(certificate, (_, response) => {
      const more = () => {
        do sent += 16_384;
        while (!response.destroyed && response.write("x".repeat(16_384)));
      };
      response.on("drain", more);
      more();
    });
    const { portal } = await look(port, ["portal"]);
    expect(portal).toContain("gave HTTP 200, beginning");
    // As much as is on its way by then.
    expect(sent).toBeLessThan(8 * 1024 * 1024);
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
    for (const saw of Object.values(await look(port, ["certificate", "portal", "xmpp"])))
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
    for (const saw of Object.values(await look(await tcpServer(behave), ["certificate", "portal"])))
      expect(saw).toMatch(/no end of the TLS handshake within 4 s|TLS failed|cut/);
  });
});
