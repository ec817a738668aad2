import { connect, type Socket } from "node:net";
import { Client } from "ssh2";
import type { Connection } from "../host/host";
import { printable } from "../printable";

/** A connection that did not come about, or ended too soon. */
export class DialError extends Error {
  constructor(
    /** The socket's code, or `HOSTKEY`, `HOSTKEYTYPE`, `AUTH`, `OTHER`. */
    readonly code: string,
    message: string,
  ) {
    super(printable(message));
  }
}

type SshError = Error & { code?: string; level?: string };

/** Longest output of a command that is kept, in bytes. */
const longest = 65_536;

/**
 * One connection, hung up in any case.
 * @param seconds how long it may take altogether
 * @param use what it is for; not called where the machine lets nobody in. @default nothing: to have been let in is all
 * @throws DialError
 */
export async function dial<T = void>(
  connection: Connection,
  seconds: number,
  use?: (client: Client) => Promise<T>,
): Promise<T | undefined> {
  const { host, port, user: username, privateKey, hostKey } = connection;
  const expected = Buffer.from(hostKey.split(" ")[1] ?? "", "base64");
  let seen: Buffer | undefined;
  const sock = connect({ host, port });
  const client = new Client();
  const over = outcome(client, sock, seconds, use).finally(() => hangUp(client, sock));
  client.connect({
    ...{ sock, username, privateKey },
    algorithms: { serverHostKey: ["ssh-ed25519"] },
    hostVerifier: (key: Buffer) => {
      seen = key;
      return key.equals(expected);
    },
  });
  return over.catch((error: SshError) => {
    throw new DialError(classify(error, seen, expected), error.message);
  });
}

function outcome<T>(
  client: Client,
  socket: Socket,
  seconds: number,
  use?: (client: Client) => Promise<T>,
) {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<T | undefined>((resolve, reject) => {
    const ended = (level: string, message: string) =>
      reject(Object.assign(new Error(message), { level }));
    const late = () => {
      // As where a firewall drops what is sent, or the machine is off.
      const seen = socket.connecting ? "no answer, not even a refusal" : "it answers, but no more";
      ended("client-timeout", `${seen}, within ${seconds} s`);
    };
    timer = setTimeout(late, seconds * 1000);
    client
      .on("ready", () => Promise.resolve(use?.(client)).then(resolve, reject))
      .on("error", reject)
      // A server that hangs up after its greeting is no error to the library.
      .on("close", () => ended("client-socket", "it hung up"));
  });
  return over.finally(() => clearTimeout(timer));
}

/** On a line that went silent, too: its socket would keep the program. The library destroys none that has ended. */
function hangUp(client: Client, socket: Socket): void {
  client
    .removeAllListeners()
    .on("error", () => {})
    .end();
  setTimeout(() => socket.destroy(), 1000).unref();
}

/** What a command prints, whatever its exit status. */
export const printed = (client: Client, command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    client.exec(command, (error, stream) => {
      if (error) return reject(error);
      let output = "";
      stream.end();
      stream.stderr.resume();
      stream
        .on("data", (chunk: Buffer) => {
          output = (output + chunk.toString("latin1")).slice(0, longest);
        })
        .on("close", () => resolve(output));
    });
  });

function classify(error: SshError, seen: Buffer | undefined, expected: Buffer): string {
  if (seen && !seen.equals(expected)) return "HOSTKEY";
  if (error.level === "client-authentication") return "AUTH";
  if (error.level === "client-timeout") return "ETIMEDOUT";
  if (/no matching host key/i.test(error.message)) return "HOSTKEYTYPE";
  // sshd that is starting or stopping closes the connection before its greeting.
  const code: unknown = error.code ?? "ECONNRESET";
  if ((error.level === "client-socket" || !seen) && typeof code === "string") return code;
  return "OTHER";
}
