import http from "node:http";
import https from "node:https";
import { portalProbe, xmppProbe } from "../../../components/snikket/probes/health";
import { httpProbe } from "../../../components/snikket/probes/http";
import { createAuthority } from "../../support/certificates";
import { closeServers, listen, requestFor } from "../../support/servers";

const challenge = { path: "/.well-known/acme-challenge/token", content: "token.thumbprint" };
const authority = createAuthority();
const certificate = authority.issue(["chat.family.test"]);

afterEach(closeServers);

async function lookPlain(handler: http.RequestListener, rest = {}) {
  return httpProbe(
    requestFor({ http: await listen(http.createServer(handler)) }, { challenge, ...rest }),
  );
}

async function lookHealth(handler: http.RequestListener, probe = portalProbe) {
  const port = await listen(https.createServer(certificate, handler));
  return probe(requestFor({ https: port }, { acmeRoots: authority.cert }));
}

describe("the challenge path", () => {
  test("is fetched under all three names", async () => {
    const asked: string[] = [];
    const result = await lookPlain(({ headers, url }, response) => {
      asked.push(`${headers.host}${url}`);
      response.end(challenge.content);
    });
    expect(result).toMatchObject({ name: "http", ok: true });
    expect(asked.sort()).toEqual([
      `chat.family.test${challenge.path}`,
      `groups.chat.family.test${challenge.path}`,
      `share.chat.family.test${challenge.path}`,
    ]);
  });

  test("fails on other content, and says whose", async () => {
    const result = await lookPlain((_, response) => {
      response.setHeader("Server", "Apache").end("<h1>It works!</h1>");
    });
    expect(result.saw).toContain(
      'gave HTTP 200 from "Apache", beginning "It works!", not the challenge file',
    );
    expect(result.remedy).toContain("another web server");
  });

  test("fails on one more byte", async () => {
    const result = await lookPlain((_, response) => response.end(`${challenge.content}x`));
    expect(result.ok).toBe(false);
  });

  test("fails if one name is not served", async () => {
    const result = await lookPlain(({ headers }, response) => {
      response.end(headers.host?.startsWith("share.") ? "Not here" : challenge.content);
    });
    expect(result.saw).toContain(
      'http://share.chat.family.test/.well-known/acme-challenge/token gave HTTP 200, beginning "Not here"',
    );
  });

  test("follows no redirect", async () => {
    const asked: (string | undefined)[] = [];
    const result = await lookPlain(({ headers, url }, response) => {
      asked.push(url);
      response.writeHead(301, { Location: `http://${headers.host}/again` }).end();
    });
    expect(result.saw).toContain("HTTP 301, a redirect to http://");
    expect(asked).not.toContain("/again");
  });

  test("without a file, is content with any answer but a server's error", async () => {
    const status =
      (code: number): http.RequestListener =>
      (_, response) =>
        response.writeHead(code).end();
    const rest = { challenge: undefined };
    expect(await lookPlain(status(404), rest)).toMatchObject({ ok: true });
    expect(await lookPlain(status(502), rest)).toMatchObject({ ok: false });
  });
});

describe("the health pages", () => {
  test("must say STATUS OK", async () => {
    const handler: http.RequestListener = ({ url }, response) =>
      response.end(url === "/_health/xmpp" ? "STATUS OK\n" : "no");
    expect(await lookHealth(handler, xmppProbe)).toEqual({
      name: "xmpp",
      ok: true,
      saw: "https://chat.family.test/_health/xmpp says STATUS OK",
    });
  });

  test("fail on STATUS FAIL with HTTP 200, and quote it", async () => {
    const result = await lookHealth((_, response) =>
      response.end("STATUS FAIL: groups.chat.family.test"),
    );
    expect(result).toMatchObject({
      ok: false,
      remedy: expect.stringContaining("docker logs --tail 50 snikket-portal"),
    });
    expect(result.saw).toContain(
      'gave "STATUS FAIL: groups.chat.family.test" instead of STATUS OK',
    );
  });

  test("fail on STATUS OK with an error's status", async () => {
    expect(
      await lookHealth((_, response) => response.writeHead(502).end("STATUS OK")),
    ).toMatchObject({ ok: false });
  });

  test("fail where the certificate is not trusted", async () => {
    const port = await listen(
      https.createServer(certificate, (_, response) => response.end("STATUS OK")),
    );
    const result = await portalProbe(requestFor({ https: port }));
    expect(result).toMatchObject({
      ok: false,
      saw: expect.stringMatching(/^TLS failed: unable to verify the first certificate/),
    });
  });

  test("show nothing of a terminal's control characters", async () => {
    const result = await lookHealth((_, response) =>
      response.end("STATUS \u001b]0;owned\u0007\u001b[2J\u009b31m"),
    );
    expect(result.saw).toContain('gave "STATUS ]0;owned [2J 31m"');
  });
});
