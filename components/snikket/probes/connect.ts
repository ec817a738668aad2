import net from "node:net";
import tls from "node:tls";
import { printable } from "../../printable";
import { Failure, within } from "./probe";
import { portRow, type VerifyRequest } from "./request";

/** Opens a TCP connection to a row of the port table. */
export function connect(
  request: VerifyRequest,
  name: string,
  signal: AbortSignal,
): Promise<net.Socket> {
  const port = portRow(request, name).from;
  const place = `${request.ipv4}:${port}`;
  const opened = new Promise<net.Socket>((resolve, reject) => {
    const socket = net.connect({ host: request.ipv4, port, signal });
    socket.once("connect", () => resolve(socket));
    // Stays for the socket's whole life: the signal ends it with an error nobody waits for any more.
    socket.on("error", reject);
  });
  return within(4_000, `no connection to ${place}`, opened).catch((error) => {
    throw notReached(error, name, place);
  });
}

const meanings: Record<string, string> = {
  ECONNREFUSED: "refused the connection",
  ECONNRESET: "cut the connection",
  EHOSTUNREACH: "cannot be reached: a firewall rejects the connection, or there is no route",
  ENETUNREACH: "cannot be reached: this computer has no route to it",
};

/** Says in words that a connection to a row of the port table did not come about. */
export function notReached(error: unknown, name: string, place: string): Failure {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const meaning = meanings[code];
  return new Failure(meaning ? `${place} ${meaning}` : message, undefined, name);
}

/** Adds TLS to a connection; fails unless the certificate is trusted and right for the server name. */
export function secure(
  { acmeRoots }: VerifyRequest,
  socket: net.Socket,
  options: tls.ConnectionOptions & { servername: string },
): Promise<tls.TLSSocket> {
  const shaken = new Promise<tls.TLSSocket>((resolve, reject) => {
    // Staging's root is in no system; what the machine was given by it is then the anchor, and no root.
    const trust = acmeRoots && { ca: acmeRoots, allowPartialTrustChain: true };
    const secured = tls.connect({ socket, ...trust, ...options });
    secured.once("secureConnect", () => resolve(secured));
    secured.once("close", () => reject(new Failure("the connection was cut in the TLS handshake")));
    secured.on("error", (error) => reject(new Failure(`TLS failed: ${printable(error.message)}`)));
  });
  return within(4_000, "no end of the TLS handshake", shaken);
}
