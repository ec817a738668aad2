import type net from "node:net";
import tls from "node:tls";
import type { Certificate } from "./certificates";
import { tcpServer } from "./servers";

/** What the fake does otherwise than it should. */
interface XmppFaults {
  noStartTls?: boolean;
  newestTls?: tls.SecureVersion;
}

const features = (inner: string) =>
  `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'><stream:features>${inner}</stream:features>`;
const startTls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>";

/** The first stage of an XMPP server: a stream, STARTTLS, a handshake. Answers byte by byte. */
export function xmppServer(certificate: Certificate, faults: XmppFaults = {}): Promise<number> {
  return tcpServer((socket) => {
    socket.on("data", function read(chunk) {
      const asked = chunk.toString();
      if (asked.includes("<stream:stream"))
        drip(socket, features(faults.noStartTls ? "" : startTls));
      if (!asked.includes("<starttls")) return;
      socket.off("data", read);
      socket.write("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", () =>
        shake(socket, certificate, faults),
      );
    });
  });
}

function drip(socket: net.Socket, text: string): void {
  socket.setNoDelay(true);
  for (const character of text) socket.write(character);
}

function shake(socket: net.Socket, certificate: Certificate, { newestTls }: XmppFaults): void {
  const secureContext = tls.createSecureContext({
    ...certificate,
    ...(newestTls && { maxVersion: newestTls }),
  });
  new tls.TLSSocket(socket, { isServer: true, secureContext }).on("error", () => {});
}
