import { once } from "node:events";
import net from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { Reach, reach } from "../../../components/remote/reach";
import { dial, printed } from "../../../components/remote/ssh";
import { closedPort, closeServers, droppingPort, tcpServer } from "../../support/servers";
import { sshKey } from "../../support/ssh-keys";
import { type SshServer, sshServer } from "../../support/ssh-server";

const [hostKey, key, stranger] = [sshKey(), sshKey(), sshKey()];
const servers: SshServer[] = [];
const lines: net.Server[] = [];

afterEach(() => {
  closeServers();
  for (const server of [...servers.splice(0), ...lines.splice(0)]) server.close();
});

async function start(host = hostKey, out?: string): Promise<SshServer> {
  const answer = out === undefined ? undefined : { out, code: 1 };
  const server = await sshServer(host, key, { answer });
  servers.push(server);
  return server;
}

/** How reaching ends, and after how many seconds. */
async function outcome(connection: Parameters<typeof reach>[0], patience = 60) {
  const started = Date.now();
  const message = await reach(connection, patience).then(
    () => "reached",
    (error: Error) => error.message,
  );
  return { message, seconds: (Date.now() - started) / 1000 };
}

test("lets the right key in", async () => {
  const { connection, attempts } = await start();
  expect((await outcome(connection)).message).toBe("reached");
  expect(attempts).toContain("publickey");
});

test("sends nothing to a machine with another host key, and says so at once", async () => {
  const { connection, attempts } = await start();
  const { message, seconds } = await outcome({ ...connection, hostKey: stranger.publicKey });
  expect(message).toMatch(
    /^anna@127\.0\.0\.1 port \d+ shows another host key than the configured one\. Nothing was sent\. .*snikket:host\.hostKey .*or if it is from a cloud, .* somebody may stand in between\.$/,
  );
  expect(attempts).toEqual([]);
  expect(seconds).toBeLessThan(50);
});

test("fails at once where the key is not known, naming key and user", async () => {
  const { connection } = await start();
  const { message, seconds } = await outcome({ ...connection, privateKey: stranger.privateKey });
  expect(message).toMatch(
    /refuses the private key in snikket:sshPrivateKey\. Add its public half to ~anna\/\.ssh\/authorized_keys/,
  );
  expect(message).not.toContain(stranger.privateKey.split("\n")[2]);
  expect(seconds).toBeLessThan(50);
});

test("fails at once on a machine without an ed25519 host key", async () => {
  const { connection } = await start(sshKey({ type: "ecdsa" }));
  const { message, seconds } = await outcome({ ...connection, hostKey: hostKey.publicKey });
  expect(message).toMatch(/ has no ed25519 host key\. On the machine run: ssh-keygen -A/);
  expect(seconds).toBeLessThan(50);
});

test("waits for a refused port as long as it may, and then says what it saw", async () => {
  const { connection } = await start();
  const { message, seconds } = await outcome({ ...connection, port: await closedPort() }, 2);
  expect(message).toMatch(
    /^anna@127\.0\.0\.1 port \d+ was not reached within 2 s; the last attempt ended with ECONNREFUSED .* Is the machine running/,
  );
  expect(seconds).toBeGreaterThanOrEqual(2);
  expect(seconds).toBeLessThan(50);
});

/** Ten times as fast. */
function hurry(): void {
  const { now } = Date;
  const [began, { setTimeout, setInterval }] = [now(), global];
  jest.spyOn(Date, "now").mockImplementation(() => began + 10 * (now() - began));
  for (const [name, timer] of Object.entries({ setTimeout, setInterval }))
    jest
      .spyOn(global, name as "setTimeout")
      .mockImplementation(((work: () => void, ms = 0) => timer(work, ms / 10)) as never);
}

test.each([
  ["a refused port", closedPort, "ECONNREFUSED", "ECONNREFUSED"],
  ["a port from which nothing comes back", droppingPort, "no answer so far", "ETIMEDOUT"],
])("tells every ten seconds of %s, and how long it will wait", async (_, find, first, later) => {
  const info = jest.spyOn(pulumi.log, "info").mockResolvedValue();
  const { connection } = await start();
  const port = await find();
  hurry();
  await outcome({ ...connection, port }, 35);
  jest.restoreAllMocks();
  const told = info.mock.calls.map(([message]) => message);
  const line = (seen: string) =>
    expect.stringMatching(
      new RegExp(
        `^no SSH at 127\\.0\\.0\\.1 port ${port} yet \\(${seen}\\); [1-4]\\d s of at most 35 s$`,
      ),
    );
  expect(told.slice(0, 2)).toEqual([line(first), line(later)]);
});

test("waits for an SSH server that closes before its greeting, as one that starts does", async () => {
  const { connection } = await start();
  const port = await tcpServer((socket) => socket.destroy());
  const { message } = await outcome({ ...connection, port }, 1);
  expect(message).toContain("was not reached within 1 s");
});

test("reaches a machine whose SSH server starts while it waits", async () => {
  const { connection } = await start();
  const seen: string[] = [];
  const port = await tcpServer((socket) => {
    if (seen.push("connection") === 1) return void socket.destroy();
    const onward = net.connect(connection.port, "127.0.0.1").on("error", () => {});
    socket.pipe(onward).pipe(socket);
    socket.on("close", () => onward.destroy());
  });
  expect((await outcome({ ...connection, port }, 30)).message).toBe("reached");
  expect(seen).toHaveLength(2);
});

describe("a look at the machine", () => {
  // Registering a hook takes an engine.
  const ask = async (connection: pulumi.Input<SshServer["connection"]>, patience = 60) => {
    jest.spyOn(pulumi, "ResourceHook").mockImplementation((_, callback) => ({ callback }) as never);
    const host = { connection: pulumi.output(connection), machineId: pulumi.output("one") };
    const way = new Reach("reach", host, patience);
    const seen = await way.ask((user) => `what ${user} sees`);
    return { seen, reached: (way.hook as unknown as { callback(): Promise<void> }).callback };
  };

  it("gives what a command printed, whatever its exit status, and need not dial again to have reached it", async () => {
    const { connection, commands, attempts } = await start(hostKey, "this\nand that\n");
    const { seen, reached } = await ask(connection);
    expect(seen).toBe("this\nand that\n");
    expect(commands).toEqual(["what anna sees"]);
    const before = attempts.length;
    await reached();
    expect(attempts).toHaveLength(before);
  });

  it("waits until it is known which machine it is: an address may lead to the one before", async () => {
    const { connection, attempts } = await start(hostKey, "seen");
    let made = (_id: string) => {};
    const machineId = pulumi.output(
      new Promise<string>((resolve) => {
        made = resolve;
      }),
    );
    jest.spyOn(pulumi, "ResourceHook").mockImplementation(() => ({}) as never);
    const asked = new Reach("reach", { connection: pulumi.output(connection), machineId }, 60).ask(
      () => "look",
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(attempts).toEqual([]);
    made("two");
    expect(await asked).toBe("seen");
  });

  it("keeps 64 KB of what it prints", async () => {
    const { connection } = await start(hostKey, "x".repeat(300_000));
    expect((await ask(connection)).seen).toHaveLength(65_536);
  });

  it("fails where the machine does not answer", async () => {
    const { connection } = await start();
    await expect(ask({ ...connection, port: await closedPort() })).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });

  it("fails, and soon, where the command hangs", async () => {
    const { connection } = await start();
    const started = Date.now();
    await expect(ask(connection)).rejects.toMatchObject({ code: "ETIMEDOUT" });
    expect(Date.now() - started).toBeLessThan(50_000);
  });

  it("fails where the machine is another one", async () => {
    const { connection, commands } = await start(hostKey, "");
    await expect(ask({ ...connection, hostKey: stranger.publicKey })).rejects.toMatchObject({
      code: "HOSTKEY",
    });
    expect(commands).toEqual([]);
  });
});

test("hangs up for good on a line that went silent: the program would wait for it", async () => {
  const { connection } = await start();
  let gone = () => {};
  const isGone = new Promise<void>((resolve) => {
    gone = resolve;
  });
  const line = net.createServer({ allowHalfOpen: true }, (client) => {
    const machine = net.connect(connection.port, connection.host);
    client.on("data", (chunk) => machine.write(chunk)).on("error", gone);
    machine.on("data", (chunk) => client.write(chunk));
    // Nobody ever ends this side; what is sent to a socket that is no more comes back as an error.
    client.on("end", () => {
      machine.destroy();
      const again = setInterval(() => client.write("x"), 500);
      client.on("close", () => clearInterval(again));
    });
  });
  lines.push(line.listen(0, "127.0.0.1"));
  await once(line, "listening");
  const { port } = line.address() as net.AddressInfo;
  const look = dial({ ...connection, port }, 1, (client) => printed(client, "look"));
  await expect(look).rejects.toMatchObject({ code: "ETIMEDOUT" });
  await isGone;
});

test("tells a machine from which nothing comes back from one that only begins to answer", async () => {
  const { connection } = await start();
  const at = (port: number) => dial({ ...connection, port }, 1);
  await expect(at(await droppingPort())).rejects.toMatchObject({
    code: "ETIMEDOUT",
    message: "no answer, not even a refusal, within 1 s",
  });
  await expect(at(await tcpServer(() => {}))).rejects.toMatchObject({
    code: "ETIMEDOUT",
    message: "it answers, but no more, within 1 s",
  });
});
