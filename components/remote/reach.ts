import * as pulumi from "@pulumi/pulumi";
import { Client } from "ssh2";
import type { Connection } from "../host/host";
import { printable } from "../printable";
import { resolved } from "../resolved";

/** What a machine that is still starting answers with; everything else is final. */
const booting = ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "ECONNRESET"];

/**
 * A hook that dials the machine once, before whichever step is the first on it: it waits for a machine that is
 * starting, and fails at once on a wrong key or host key, which the provider would retry without a word.
 * @param patience how long a machine may take to start, in seconds
 */
export function reachHook(
  name: string,
  connection: pulumi.Output<Connection>,
  patience: number,
): pulumi.ResourceHook {
  let reached: Promise<void> | undefined;
  return new pulumi.ResourceHook(name, () => {
    reached ??= resolved(connection).then((plain) => reach(plain, patience));
    return reached;
  });
}

/** Dials until the machine lets us in; throws what to do where it will not. */
export async function reach(connection: Connection, patience: number): Promise<void> {
  const end = Date.now() + patience * 1000;
  for (;;) {
    const error = await dial(connection);
    if (!error) return;
    if (!booting.includes(error.code) || Date.now() > end) {
      throw new Error(explain(error, connection, patience));
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

interface DialError {
  code: string;
  message: string;
}

type SshError = Error & { code?: string; level?: string };

/** One connection attempt; the error's code is the socket's, or `HOSTKEY`, `AUTH`. */
async function dial(connection: Connection): Promise<DialError | undefined> {
  const { host, port, user: username, privateKey, hostKey } = connection;
  const expected = Buffer.from(hostKey.split(" ")[1] ?? "", "base64");
  let seen: Buffer | undefined;
  const client = new Client();
  const over = outcome(client);
  client.connect({
    ...{ host, port, username, privateKey },
    readyTimeout: 15_000,
    algorithms: { serverHostKey: ["ssh-ed25519"] },
    hostVerifier: (key: Buffer) => {
      seen = key;
      return key.equals(expected);
    },
  });
  const error = await over;
  return error && { code: classify(error, seen, expected), message: printable(error.message) };
}

/** Nothing where it was let in; it is hung up either way. */
const outcome = (client: Client): Promise<SshError | undefined> =>
  new Promise((resolve) => {
    const end = (error?: SshError) => {
      client
        .removeAllListeners()
        .on("error", () => {})
        .end();
      resolve(error);
    };
    const closed = Object.assign(new Error("it hung up"), { level: "client-socket" });
    // A server that hangs up after its greeting is no error to the library.
    client
      .on("ready", () => end())
      .on("error", end)
      .on("close", () => end(closed));
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

function explain(error: DialError, { host, port, user }: Connection, patience: number): string {
  const where = `${user}@${host} port ${port}`;
  switch (error.code) {
    case "HOSTKEY":
      return `${where} shows another host key than the configured one. Nothing was sent. If the machine was rebuilt, put its new key into snikket:host.hostKey (ssh-keyscan -t ed25519 ${host}, compared with what the machine's own console shows); if not, somebody may stand in between.`;
    case "HOSTKEYTYPE":
      return `${where} has no ed25519 host key. On the machine run: ssh-keygen -A && systemctl restart ssh`;
    case "AUTH":
      return `${where} refuses the private key in snikket:sshPrivateKey. Add its public half to ~${user}/.ssh/authorized_keys on the machine, or set the right key or snikket:host.user. A machine from a cloud was given its key when it was made: if somebody changed that, replace the machine.`;
    case "OTHER":
      return `${where} ended the connection: ${error.message}`;
    default:
      return `${where} was not reached within ${patience} s; the last attempt ended with ${error.code} (${error.message}). Is the machine running, the address right, and port ${port} open to you (of a machine from a cloud: by snikket:host.sshFrom)?`;
  }
}
