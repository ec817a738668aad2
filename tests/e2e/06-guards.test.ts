import { spawn } from "node:child_process";
import { once } from "node:events";
import { domain } from "../../sandbox/settings";
import {
  bringUp,
  containers,
  type Ended,
  expectDone,
  expectNoTrace,
  machine,
  onMachine,
  services,
} from "../support/e2e";
import { pulumi, stackFileWith, up } from "../support/e2e-stack";
import { digest, runOn, type Steps, send, steps } from "../support/e2e-steps";
import { ownHost } from "../support/fault";

let sent: Steps;
/** Others than before. */
const retentionDays = 10 + (Date.now() % 1000);

beforeAll(async () => {
  await bringUp({ settings: "any" });
  sent = await steps();
});

const running = async (): Promise<string[]> =>
  Object.entries(await containers()).flatMap(([name, { State }]) => (State.Running ? [name] : []));

describe("another domain", () => {
  const other = "chat.neighbours.test";

  it("is refused at the preview", async () => {
    const ended = await pulumi(["preview"], {
      stackFile: stackFileWith("domain", { domain: other }),
    });
    const { code, output } = ended;
    expect(code).not.toBe(0);
    expect(output).toContain(
      `snikket:domain is ${other}, but this server was deployed as ${domain}. Snikket cannot change its domain`,
    );
    expect(output).toContain(`Set it back to ${domain}; for another domain, make another stack.`);
    expectNoTrace(ended);
  });

  it("is refused on the machine, by the step itself", async () => {
    const before = await digest();
    const { stdin = "" } = sent["snikket-stage"] ?? {};
    const variable = (name: string) => `export SNIKKET_DOMAIN='${name}'`;
    expect(stdin).toContain(variable(domain));
    const { code, output } = await send(
      sent["snikket-stage"],
      stdin.replace(variable(domain), variable(other)),
    );
    expect(code).not.toBe(0);
    expect(output).toContain(
      `ERROR: The data on this machine belongs to ${domain}, not to ${other}.`,
    );
    expect(await digest()).toEqual(before);
  });
});

describe("a machine whose data is not there", () => {
  beforeAll(async () => {
    await onMachine("docker stop --time 5 $(docker ps -q) && mv /var/lib/snikket /var/lib/away");
  });
  afterAll(() => onMachine("[[ ! -d /var/lib/away ]] || mv /var/lib/away /var/lib/snikket"));

  it("gets no new, empty server instead", async () => {
    const { code, output } = await up({ stackFile: stackFileWith("away", { retentionDays }) });
    expect(code).not.toBe(0);
    expect(output).toContain(`ERROR: The data of ${domain} is not at /var/lib/snikket.`);
    expect(output).toContain("Mount its disk there and run this again.");
    expect(await running()).toEqual([]);
    expect(await onMachine("test ! -e /var/lib/snikket && echo missing")).toBe("missing");
  });

  it.each(["snikket", "snikket-certs", "snikket-proxy"])(
    "cannot start %s: Docker finds nothing to bind",
    async (name) => {
      const { code, output } = await runOn(machine, `docker start ${name}`);
      expect(code).not.toBe(0);
      expect(output).toMatch(/\/var\/lib\/snikket\/data.*no such file or directory/);
    },
  );
});

describe("a port that another program has", () => {
  // Its data is back; its containers are stopped still.
  it.each([
    ["host-prepare", 5222],
    ["host-prepare", 80],
    ["snikket-stage", 5222],
    ["snikket-stage", 80],
  ])(
    "ends %s before it has changed anything, and is named with that program: %i",
    async (step, port) => {
      expect(await running()).toEqual([]);
      const before = await digest();
      const stop = await listen(port);
      const { code, output } = await send(sent[step]);
      await stop();
      expect(code).not.toBe(0);
      expect(output).toMatch(
        new RegExp(`ERROR: Port ${port}/tcp is taken by python3 \\(process \\d+\\)\\.`),
      );
      expect(output).toContain("Stop it and keep it from starting again");
      expect(await digest()).toEqual(before);
    },
  );

  it("is no obstacle once it is free: the next up goes on", async () => {
    const again = await up({ stackFile: stackFileWith("back", { retentionDays }) });
    expectDone(again);
    expect((await running()).sort()).toEqual(services);
    expect(again.output).toMatch(/snikket-verified .*ok +turn /);
  });
});

describe("what people cannot reach", () => {
  // Closed on the way, before the machine's own firewall.
  const way = "PREROUTING --table raw --protocol tcp --dport 5222 ! --in-interface lo --jump DROP";
  /** Nobody starts the relay again. */
  const keeper = (signal: string) => `pkill -${signal} --full '^s6-supervise coturn'`;
  let ended: Ended;

  beforeAll(async () => {
    await onMachine(`iptables --insert ${way}; ${keeper("STOP")}; pkill -KILL turnserver`);
    // A setting that leaves the containers alone.
    const host = ownHost({ rebootAt: "04:44" });
    const stackFile = stackFileWith("silent", { retentionDays, host });
    ended = await up({ stackFile }).finally(() =>
      onMachine(`iptables --delete ${way}; ${keeper("CONT")}`),
    );
  });

  it("fails the up where the server is silent, by its port", () => {
    expect(ended.code).not.toBe(0);
    expectNoTrace(ended);
    const silent = /FAILED +stun .*:3478 .*; on the machine nothing listens on (UDP|TCP) port 3478/;
    expect(ended.output).toMatch(silent);
    expect(ended.output).toContain("-> on the machine, see which service is not running");
  });

  it("is a warning where the way there is blocked, by its port", () => {
    expect(ended.output).toMatch(
      /warn +client +no connection to \S+:5222 within 4 s; the machine does listen there, so your network or a firewall in between blocks it/,
    );
    expect(ended.output).toMatch(/-> try from another network .*, open TCP port 5222 in every/);
  });
});

/** Something on the machine that listens on a port, until the function it gives is called. */
async function listen(port: number): Promise<() => Promise<unknown>> {
  const program = `import socket, sys
server = socket.create_server(("0.0.0.0", ${port}))
print("listening", flush=True)
sys.stdin.read()`;
  const child = spawn("docker", ["exec", "-i", machine, "python3", "-c", program]);
  await once(child.stdout, "data");
  return () => {
    const ended = once(child, "close");
    child.stdin.end();
    return ended;
  };
}
