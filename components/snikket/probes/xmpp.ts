import type net from "node:net";
import type { TLSSocket } from "node:tls";
import { printable } from "../../printable";
import { connect, secure } from "./connect";
import { Failure, type Probe, probe, within } from "./probe";
import type { VerifyRequest } from "./request";

/** Who connects: an app (port 5222 of RFC 6120) or another server (5269). */
type Side = "client" | "server";

const tlsNamespace = "urn:ietf:params:xml:ns:xmpp-tls";
const logHint = "on the machine, see: docker logs --tail 50 snikket";
const largestReply = 16 * 1024;

/**
 * Opens an XMPP stream and upgrades it (RFC 6120 sections 4.3 and 5.4). What comes out is a TLS connection
 * to a server that has proved to be the domain; the stream has to be opened anew on it.
 */
export async function openSecureStream(
  request: VerifyRequest,
  side: Side,
  signal: AbortSignal,
): Promise<TLSSocket> {
  const socket = await connect(request, `xmpp-${side}`, signal);
  const features = await ask(socket, streamHeader(request, side), /<\/(\w+:)?features>/);
  if (!features.includes(tlsNamespace)) throw new Failure("the server offers no STARTTLS", logHint);
  await ask(socket, `<starttls xmlns='${tlsNamespace}'/>`, /<(\w+:)?proceed[\s/>]/);
  // An app and Snikket's default profile speak TLS 1.3; other servers may be older.
  const minVersion = side === "client" ? "TLSv1.3" : "TLSv1.2";
  return secure(request, socket, { servername: request.domain, minVersion });
}

function streamHeader({ domain }: VerifyRequest, side: Side): string {
  // A server says who it is; this name belongs to nobody (RFC 6761), and is never looked up before TLS.
  const from = side === "server" ? " from='verification.invalid'" : "";
  return (
    `<?xml version='1.0'?><stream:stream to='${domain}'${from} version='1.0' xmlns='jabber:${side}' ` +
    "xmlns:stream='http://etherx.jabber.org/streams'>"
  );
}

/** Sends a text and reads until the awaited reply has come. */
function ask(socket: net.Socket, text: string, awaited: RegExp): Promise<string> {
  let reply = "";
  const answered = new Promise<string>((resolve, reject) => {
    const fail = (what: string) =>
      reject(
        new Failure(`${what}; it said "${printable(reply.replace(/^<\?xml[^>]*>/, ""))}"`, logHint),
      );
    const read = (chunk: Buffer) => {
      reply += chunk.toString("latin1");
      if (awaited.test(reply)) {
        // The TLS handshake reads from here on.
        socket.off("data", read).pause();
        resolve(reply);
      } else if (reply.includes("</stream:stream>")) fail("the server closed the XMPP stream");
      else if (reply.length > largestReply) fail("the server does not speak XMPP");
    };
    socket.on("data", read).resume();
    socket.once("close", () => fail("the server cut the connection in the middle of XMPP"));
    socket.write(text);
  });
  return within(3_000, "the connection opened, but no XMPP reply came", answered);
}

/** STARTTLS as an app or another server does it, with the certificate checked for the domain. */
function xmppProbe(side: Side): Probe {
  return probe(side, async (request, signal) => {
    const socket = await openSecureStream(request, side, signal);
    return { saw: `STARTTLS with ${socket.getProtocol()}, certificate good for ${request.domain}` };
  });
}

export const clientProbe = xmppProbe("client");
export const serverProbe = xmppProbe("server");
