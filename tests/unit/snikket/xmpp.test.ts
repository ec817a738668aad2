import { clientProbe, serverProbe } from "../../../components/snikket/probes/xmpp";
import { createAuthority } from "../../support/certificates";
import { closeServers, requestFor, tcpServer } from "../../support/servers";
import { xmppServer } from "../../support/xmpp-server";

const authority = createAuthority();
const certificate = authority.issue(["chat.family.test"]);
const roots = { acmeRoots: authority.cert };

afterEach(closeServers);

const look = (port: number) => clientProbe(requestFor({ "xmpp-client": port }, roots));

test("an app's way: STARTTLS with TLS 1.3 and the domain's certificate", async () => {
  expect(await look(await xmppServer(certificate))).toEqual({
    name: "client",
    ok: true,
    saw: "STARTTLS with TLSv1.3, certificate good for chat.family.test",
  });
});

test("another server's way", async () => {
  let header = "";
  const port = await xmppServer(certificate);
  expect(await serverProbe(requestFor({ "xmpp-server": port }, roots))).toMatchObject({ ok: true });
  const listening = await tcpServer((socket) =>
    socket.once("data", (chunk) => {
      header = `${chunk}`;
      socket.end(header);
    }),
  );
  await serverProbe(requestFor({ "xmpp-server": listening }, roots));
  expect(header).toContain("xmlns='jabber:server'");
});

test("accepts TLS 1.2 from another server, but not for apps", async () => {
  const port = await xmppServer(certificate, { newestTls: "TLSv1.2" });
  expect(await serverProbe(requestFor({ "xmpp-server": port }, roots))).toMatchObject({ ok: true });
  const result = await look(port);
  expect(result.ok).toBe(false);
  expect(result.saw).toContain("TLS failed");
});

test("fails without STARTTLS", async () => {
  expect(await look(await xmppServer(certificate, { noStartTls: true }))).toMatchObject({
    ok: false,
    saw: "the server offers no STARTTLS",
  });
});

test.each([
  [
    "another name",
    authority.issue(["groups.chat.family.test"]),
    "does not match certificate's altnames",
  ],
  [
    "a stranger's signature",
    createAuthority("Stranger").issue(["chat.family.test"]),
    "unable to get local issuer certificate",
  ],
  ["an end in the past", authority.issue(["chat.family.test"], -1), "certificate has expired"],
])("fails on a certificate with %s", async (_, bad, saw) => {
  const result = await look(await xmppServer(bad));
  expect(result.ok).toBe(false);
  expect(result.saw).toContain(saw);
});

test("quotes the error with which a server closes the stream", async () => {
  const port = await tcpServer((socket) =>
    socket.end(
      "<?xml version='1.0'?><stream:stream><stream:error><host-unknown/></stream:error></stream:stream>",
    ),
  );
  const result = await look(port);
  expect(result.saw).toContain("the server closed the XMPP stream; it said");
  expect(result.saw).toContain("<host-unknown/>");
});
