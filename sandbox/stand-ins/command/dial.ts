/** Dials as the `command` plugin does: the same retries, checks and error texts. */
import { createConnection, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { types } from "@pulumi/command";
import { Client, type ConnectConfig, type ServerHostKeyAlgorithm, utils } from "ssh2";

type Connection = types.output.remote.Connection;

interface Retries {
  limit: number;
  signal: AbortSignal;
  failed(message: string): void;
  pause?(milliseconds: number): Promise<unknown>;
}

/** Tries until it works, with growing pauses; whatever the failure is, it is tried again. */
export async function retry<T>(attempt: () => Promise<T>, retries: Retries): Promise<T> {
  const { limit, signal, failed, pause = (ms) => sleep(ms, undefined, { signal }) } = retries;
  for (let dials = 1, delay = 100; ; dials++, delay = Math.min(delay * 1.5, 5000)) {
    try {
      return await attempt();
    } catch (error) {
      const text = `after ${dials - 1} failed attempts: ${(error as Error).message}`;
      if (limit > -1 && dials > limit) throw new Error(text);
    }
    failed(`Dial ${dials}/${limit === -1 ? "inf" : limit} failed: retrying`);
    await pause(delay).catch(() => undefined); // rejected when aborted, which the next line tells
    if (signal.aborted) throw new Error(aborted(signal));
  }
}

const aborted = ({ reason }: AbortSignal) =>
  reason?.name === "TimeoutError" ? "context deadline exceeded" : "context canceled";

/** A connection that is ready for commands. Keys that cannot be read fail at once. */
export async function dial(connection: Connection, retries: Omit<Retries, "limit">) {
  if (connection.proxy) throw new Error("the command stand-in cannot connect through a proxy");
  const config = await clientConfig(connection);
  const { host, port = 22, perDialTimeout = 15, dialErrorLimit: limit = 10 } = connection;
  const address = `tcp ${host.includes(":") ? `[${host}]` : host}:${port}`;
  const connect = () => open(createConnection({ host, port }), address, perDialTimeout);
  return retry(async () => handshake(await connect(), config), { ...retries, limit });
}

async function clientConfig(connection: Connection): Promise<ConnectConfig> {
  const { user = "root", password, privateKey, hostKey } = connection;
  const agent = connection.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  // The plugin fails every connection on an agent that does not answer, so this does, too.
  if (agent) (await open(createConnection(agent), `unix ${agent}`, 0)).destroy();
  return {
    username: user,
    readyTimeout: 0,
    ...(password ? { password } : {}),
    ...(privateKey ? readable(privateKey, connection.privateKeyPassword) : {}),
    ...(agent ? { agent } : {}),
    ...(hostKey ? pinned(hostKey.trim()) : {}),
  };
}

function readable(privateKey: string, passphrase?: string): ConnectConfig {
  const key = utils.parseKey(privateKey, passphrase);
  if (!(key instanceof Error)) return { privateKey, ...(passphrase ? { passphrase } : {}) };
  const isEncrypted = /no passphrase given/.test(key.message);
  throw new Error(
    isEncrypted ? "ssh: this private key is passphrase protected" : "ssh: no key found",
  );
}

function pinned(hostKey: string): ConnectConfig {
  const [type, blob = ""] = hostKey.split(/\s+/);
  const expected = Buffer.from(blob, "base64");
  if (utils.parseKey(hostKey) instanceof Error)
    throw new Error("failed to parse host key: ssh: no key found");
  return {
    hostVerifier: (key: Buffer) => key.equals(expected),
    algorithms: { serverHostKey: [type as ServerHostKeyAlgorithm] },
  };
}

const words: Record<string, string> = {
  ECONNREFUSED: "connect: connection refused",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ENOENT: "connect: no such file or directory",
  ENOTFOUND: "lookup: no such host",
};

function open(socket: Socket, address: string, seconds: number): Promise<Socket> {
  return new Promise<Socket>((resolve, reject) => {
    socket.setTimeout(seconds * 1000, () => reject(new Error(`dial ${address}: i/o timeout`)));
    // As Go's sockets do: a line that is dead does not stay silent for ever.
    socket.once("connect", () => resolve(socket.setTimeout(0).setKeepAlive(true, 15_000)));
    socket.on("error", ({ code = "", message }: NodeJS.ErrnoException) =>
      reject(new Error(`dial ${address}: ${words[code] ?? message}`)),
    );
  }).catch((error) => {
    socket.destroy();
    throw error;
  });
}

function handshake(sock: Socket, config: ConnectConfig): Promise<Client> {
  return new Promise((resolve, reject) => {
    const client = new Client();
    const fail = (text: string) => reject(new Error(`ssh: handshake failed: ${text}`));
    client.on("ready", () => resolve(client));
    client.on("error", ({ message }) => {
      fail(handshakeFailures.find(([pattern]) => pattern.test(message))?.[1] ?? message);
    });
    client.on("close", () => fail("EOF"));
    client.connect({ ...config, sock });
  });
}

const handshakeFailures: [RegExp, string][] = [
  [/Host denied/, "ssh: host key mismatch"],
  [/no matching host key format/, "ssh: no common algorithm for host key"],
  [
    /All configured authentication methods failed/,
    "ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain",
  ],
];
