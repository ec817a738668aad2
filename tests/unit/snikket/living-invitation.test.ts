import type * as Https from "node:https";
import https from "node:https";
import tls from "node:tls";
import * as pulumi from "@pulumi/pulumi";
import type { Deployed } from "../../../components/snikket/deployment";
import { livingInvitation } from "../../../components/snikket/living-invitation";
import { pour } from "../../support/attack-servers";
import { createAuthority } from "../../support/certificates";
import { closedPort, closeServers, listen, requestFor, tcpServer } from "../../support/servers";

let port = 0;
// The portal's port is 443, which a test may not have.
jest.mock("node:https", () => {
  const actual = jest.requireActual<typeof Https>("node:https");
  const get = (options: Https.RequestOptions, answer: () => void) =>
    actual.get({ ...options, port }, answer);
  return { ...actual, __esModule: true, default: actual, get };
});

const authority = createAuthority();
const certificate = authority.issue(["chat.family.test"]);
const link = "https://chat.family.test/invite/abc_DEF-123/";
const asked: string[] = [];

afterEach(closeServers);

/** A portal that gives every page this status. */
const portal = async (status: number) => {
  port = await listen(
    https.createServer(certificate, (request, response) => {
      asked.push(`${request.headers.host}${request.url}`);
      response.writeHead(status).end();
    }),
  );
};

async function invitation(found: string, chain: string | null = authority.cert): Promise<string> {
  const result = { stamp: "1", turn: { username: "", credential: "" }, listening: [] };
  const output = livingInvitation(
    pulumi.output(requestFor({})),
    pulumi.output<Deployed>({ ...result, invitation: found, chain }),
  );
  expect(await (output as unknown as { isSecret: Promise<boolean> }).isSecret).toBe(true);
  return new Promise((resolve) => output.apply(resolve));
}

test("hands over the link while its page is there, asked under its own name", async () => {
  await portal(200);
  expect(await invitation(link)).toBe(link);
  expect(asked).toEqual(["chat.family.test/invite/abc_DEF-123/"]);
});

test("says who invites now once the page is gone", async () => {
  await portal(404);
  expect(await invitation(link)).toMatch(
    /^The first invitation was used, or has expired\. .*create-invite/,
  );
});

test("says so too where the machine gave none", async () => {
  expect(await invitation("")).toMatch(/^The first invitation was used, or has expired\./);
});

test("does not take a portal that is down or fails for a used invitation", async () => {
  await portal(502);
  expect(await invitation(link)).toBe(link);
  port = await closedPort();
  expect(await invitation(link)).toBe(link);
});

test("does not believe a portal with a certificate of somebody else", async () => {
  await portal(404);
  expect(await invitation(link, createAuthority("Stranger").cert)).toBe(link);
});

test.each<[string, Parameters<typeof tcpServer>[0]]>([
  ["says nothing", () => {}],
  ["never stops talking", pour("", "HTTP/1.1 200 OK\r\n")],
])("does not wait for a portal that %s", async (_, behaviour) => {
  port = await tcpServer(behaviour);
  expect(await invitation(link)).toBe(link);
});

test("does not wait for a portal whose answer never comes to an end", async () => {
  port = await listen(
    tls.createServer(certificate, (socket) => {
      const drip = setInterval(() => socket.write("x"), 100);
      socket.on("close", () => clearInterval(drip)).on("error", () => {});
      socket.write("HTTP/1.1 404 Not Found\r\nX-Header: ");
    }),
  );
  expect(await invitation(link)).toBe(link);
});
