import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { contract } from "../support/contract";
import {
  commandPlugins,
  listening,
  type Machine,
  secret,
  startCommandPlugin,
  startMachine,
} from "../support/contract-command";
import { type Plugin, type Properties, type Resource, resource } from "../support/contract-plugin";
import { eventually } from "../support/eventually";
import { closedPort, closeServers, tcpServer } from "../support/servers";
import { sshKey } from "../support/ssh-keys";

contract("connections of the command plugin", commandPlugins, (program) => {
  let plugin: Plugin;
  let machine: Machine;
  let command: Resource;
  const [host, other] = [sshKey(), sshKey()];

  beforeAll(async () => {
    [plugin, machine] = await Promise.all([startCommandPlugin(program()), startMachine()]);
    command = resource(plugin, "command:remote:Command");
  });
  beforeEach(() => plugin.lines.splice(0));
  afterEach(closeServers);
  afterAll(async () => {
    plugin.end();
    await machine.group.remove();
  });

  /** Runs something over the machine's connection with these changes; gives the output, or why there is none. */
  const through = (change: Properties, create = "echo here", timeout = 0): Promise<unknown> => {
    const connection = secret({ ...machine.connection, ...change });
    const made = command.create({ create, connection, addPreviousOutputInEnv: false }, { timeout });
    return made.then(
      ({ stdout }) => stdout,
      ({ message }) => message,
    );
  };

  it("connect with the right key to the right machine, also without a pinned host key", async () => {
    expect(await through({})).toBe("here");
    expect(await through({ hostKey: undefined })).toBe("here");
  });

  it("refuse a machine with another host key, or without one of the pinned type", async () => {
    expect(await through({ hostKey: host.publicKey })).toBe(
      "after 1 failed attempts: ssh: handshake failed: ssh: host key mismatch",
    );
    const old = sshKey({ type: "rsa" }).publicKey; // signed with SHA-1, which no present server does
    expect(await through({ hostKey: old })).toMatch(
      /^after 1 failed attempts: ssh: handshake failed: ssh: no common algorithm for host key/,
    );
  });

  it("fail where the machine does not know the key", async () => {
    expect(await through({ privateKey: other.privateKey })).toBe(
      "after 1 failed attempts: ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain",
    );
  });

  it("fail at once on what cannot be read as a key", async () => {
    const { privateKey } = sshKey({ passphrase: "p" });
    const limit = { dialErrorLimit: -1 };
    expect(await through({ hostKey: "hello", ...limit })).toBe(
      "failed to parse host key: ssh: no key found",
    );
    expect(await through({ privateKey: "hello", ...limit })).toBe("ssh: no key found");
    expect(await through({ privateKey, ...limit })).toBe(
      "ssh: this private key is passphrase protected",
    );
  });

  it("open a key with its passphrase", async () => {
    const { privateKey, publicKey } = sshKey({ passphrase: "p" });
    await machine.group.shell("machine", "cat >>/root/.ssh/authorized_keys", `\n${publicKey}\n`);
    expect(await through({ privateKey, privateKeyPassword: "p" })).toBe("here");
  });

  it("fail on an agent that does not answer, whatever other key there is", async () => {
    expect(await through({ agentSocketPath: "/nonexistent" })).toBe(
      "dial unix /nonexistent: connect: no such file or directory",
    );
  });

  it("try once more than their limit, show each attempt, and say what the last one met", async () => {
    const port = await closedPort();
    expect(await through({ host: "127.0.0.1", port, dialErrorLimit: 3 })).toBe(
      `after 3 failed attempts: dial tcp 127.0.0.1:${port}: connect: connection refused`,
    );
    const shown = [1, 2, 3].map((dial) => `INFO status Dial ${dial}/3 failed: retrying`);
    expect(plugin.lines).toEqual(shown);
  });

  it("fail on a machine that hangs up, and after their time on one that is silent", async () => {
    const port = await tcpServer((socket) => socket.destroy());
    expect(await through({ host: "127.0.0.1", port })).toMatch(
      /^after 1 failed attempts: ssh: handshake failed: /,
    );
    const nobody = machine.group.ip.replace(/\.\d+\.\d+$/, ".255.254");
    const silent = { host: nobody, perDialTimeout: 1, dialErrorLimit: 0 };
    expect(await through(silent)).toBe(
      `after 0 failed attempts: dial tcp ${nobody}:22: i/o timeout`,
    );
  });

  it("end with the resource's time", async () => {
    const change = { host: "127.0.0.1", port: await closedPort(), dialErrorLimit: -1 };
    expect(await through(change, "true", 1)).toBe("context deadline exceeded");
    expect(plugin.lines[0]).toBe("INFO status Dial 1/inf failed: retrying");
  });

  it("break when the machine reboots in the middle, and the next waits until it is back", async () => {
    const broken = through({}, "touch /tmp/running; sleep 600");
    const { group } = machine;
    await eventually(() => group.shell("machine", "test -e /tmp/running"));
    await group.docker("stop", "machine", "--time=1");
    expect(await broken).toBe(
      'wait: remote command exited without exit status or exit signal: running "touch /tmp/running; sleep 600":\n',
    );
    const next = through({ dialErrorLimit: -1 });
    await eventually(async () => expect(plugin.lines).not.toEqual([]));
    await group.docker("start", "machine");
    expect(await next).toBe("here");
    await listening(group);
  });

  it("end when the run is cancelled", async () => {
    const waiting = through({ host: "127.0.0.1", port: await closedPort(), dialErrorLimit: -1 });
    await eventually(async () => expect(plugin.lines).not.toEqual([]));
    await plugin.ask("cancel", new Empty());
    expect(await waiting).toBe("context canceled");
  });
});
