import { generateKeyPairSync } from "node:crypto";
import { type AddressInfo, createServer, type Server } from "node:net";
import { Server as SshServer, utils } from "ssh2";
import { type Connection, dial, retry } from "../../../sandbox/stand-ins/command/dial";

const { signal } = new AbortController();
const failed = () => undefined;
const [host, other, user] = [keyPair(), keyPair(), keyPair()];
const servers: { close(): unknown }[] = [];

function keyPair() {
  const keys = utils.generateKeyPairSync("ed25519");
  return { private: keys.private, public: keys.public };
}

/** An SSH server that lets `user` in. */
async function sshServer(): Promise<Connection> {
  const known = utils.parseKey(user.public);
  const server = new SshServer({ hostKeys: [host.private] }, (client) => {
    client.on("error", () => undefined);
    client.on("authentication", (request) => {
      const matches =
        request.method === "publickey" &&
        !(known instanceof Error) &&
        request.key.data.equals(known.getPublicSSH());
      if (matches) request.accept();
      else request.reject(["publickey"]);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push(server);
  const { port } = server.address() as AddressInfo;
  return { host: "127.0.0.1", port, privateKey: user.private, hostKey: host.public };
}

async function dialled(connection: Connection): Promise<string> {
  try {
    const client = await dial({ dialErrorLimit: 1, ...connection }, { signal, failed });
    client.end();
    return "connected";
  } catch (error) {
    return (error as Error).message;
  }
}

beforeAll(() => {
  delete process.env.SSH_AUTH_SOCK;
});
afterAll(() => {
  for (const server of servers) server.close();
});

describe("retry", () => {
  it("tries once more than the limit, with pauses that grow by half up to 5 s", async () => {
    const pauses: number[] = [];
    const messages: string[] = [];
    const pause = async (ms: number) => pauses.push(Math.round(ms));
    const attempt = () => Promise.reject(new Error("refused"));
    const retries = { limit: 11, signal, failed: (text: string) => messages.push(text), pause };
    await expect(retry(attempt, retries)).rejects.toThrow("after 11 failed attempts: refused");
    expect(pauses).toEqual([100, 150, 225, 338, 506, 759, 1139, 1709, 2563, 3844, 5000]);
    expect(messages[0]).toBe("Dial 1/11 failed: retrying");
    expect(messages).toHaveLength(11);
  });

  it("ends at once when cancelled", async () => {
    const controller = new AbortController();
    const attempt = () => Promise.reject(new Error("refused"));
    const retries = { limit: -1, signal: controller.signal, failed: () => controller.abort() };
    await expect(retry(attempt, retries)).rejects.toThrow("context canceled");
  });

  it("ends when the resource's time is over", async () => {
    const attempt = () => Promise.reject(new Error("refused"));
    const retries = { limit: -1, signal: AbortSignal.timeout(150), failed };
    await expect(retry(attempt, retries)).rejects.toThrow("context deadline exceeded");
  });
});

describe("dial", () => {
  it("connects with the right key to the right machine", async () => {
    expect(await dialled(await sshServer())).toBe("connected");
  });

  it.each([
    [
      "another host key",
      { hostKey: other.public },
      "after 1 failed attempts: ssh: handshake failed: ssh: host key mismatch",
    ],
    [
      "a host key of another type",
      { hostKey: rsaHostKey() },
      "after 1 failed attempts: ssh: handshake failed: ssh: no common algorithm for host key",
    ],
    [
      "a key the machine does not know",
      { privateKey: other.private },
      "after 1 failed attempts: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain",
    ],
    [
      "a host key that is none",
      { hostKey: "hello" },
      "failed to parse host key: ssh: no key found",
    ],
    ["a private key that is none", { privateKey: "hello" }, "ssh: no key found"],
    [
      "an encrypted private key",
      { privateKey: encryptedKey() },
      "ssh: this private key is passphrase protected",
    ],
    [
      "an agent that does not answer",
      { agentSocketPath: "/nonexistent" },
      "dial unix /nonexistent: connect: no such file or directory",
    ],
  ])("fails on %s", async (_, change, expected) => {
    expect(await dialled({ ...(await sshServer()), ...change })).toBe(expected);
  });

  it("fails on a port where nobody listens", async () => {
    const port = await freePort();
    const expected = `after 1 failed attempts: dial tcp 127.0.0.1:${port}: connect: connection refused`;
    expect(await dialled({ ...(await sshServer()), port })).toBe(expected);
  });

  it("fails on a machine that hangs up", async () => {
    const server = createServer((socket) => socket.destroy());
    const port = await listening(server);
    servers.push(server);
    const text = await dialled({ ...(await sshServer()), port });
    expect(text).toMatch(/^after 1 failed attempts: ssh: handshake failed: /);
  });
});

function encryptedKey(): string {
  return utils.generateKeyPairSync("ed25519", { passphrase: "p", cipher: "aes256-cbc", rounds: 4 })
    .private;
}

function rsaHostKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs1", format: "pem" }).toString();
  const key = utils.parseKey(pem);
  if (key instanceof Error) throw key;
  return `ssh-rsa ${key.getPublicSSH().toString("base64")}`;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
