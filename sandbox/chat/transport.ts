import { EventEmitter } from "node:events";
import type { TLSSocket } from "node:tls";
import type { Client } from "@xmpp/client";
import { openSecureStream } from "../../components/snikket/probes/xmpp";
import { type Server, target } from "./server";

/** Any address does for the library: the socket knows its own. */
export const service = "xmpp://localhost";

/**
 * Points a client at an address and a root certificate. The library's own STARTTLS (@xmpp/starttls 0.14)
 * can be given neither, so it gets a socket that has that stage behind it.
 */
export function useSecureSocket(client: Client, server: Server): void {
  const Tcp = client.transports.find((transport) => transport.prototype.socketParameters(service));
  if (!Tcp) throw new Error("@xmpp/client has no transport for TCP");
  class Socket extends SecureSocket {
    readonly server = server;
  }
  class Transport extends Tcp {}
  Object.assign(Transport.prototype, { Socket });
  client.transports = [Transport];
}

/** A socket as @xmpp/connection wants it: connect, write, end, and the events of a net.Socket. */
abstract class SecureSocket extends EventEmitter {
  abstract readonly server: Server;
  readonly secure = true;
  private stream: TLSSocket | undefined;
  private readonly ending = new AbortController();

  connect(): void {
    openSecureStream(target(this.server), "client", this.ending.signal).then(
      (stream) => this.attach(stream),
      (error) => this.emit("error", error),
    );
  }

  private attach(stream: TLSSocket): void {
    this.stream = stream;
    stream.on("data", (data) => this.emit("data", data));
    stream.once("close", () => this.emit("close"));
    this.emit("connect");
  }

  write(data: string, done: (error?: Error | null) => void): void {
    if (this.stream) this.stream.write(data, done);
    else done(new Error("there is no connection"));
  }

  end(): void {
    if (this.stream) return void this.stream.end();
    this.ending.abort();
    queueMicrotask(() => this.emit("close"));
  }
}
