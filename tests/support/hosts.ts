import type { Host } from "../../components/host/host";
import { relayRange, snikketPorts } from "../../components/snikket/ports";
import { answerAs, type Cloud, type Options } from "./cloud";
import { type Engine, mockEngine, type Output, type Registered } from "./mocks";
import { openPart } from "./wrapped";

/** How the hosts of one cloud are made in tests. */
interface HostKind<Args> {
  /** Makes one; loads the component anew each time, as the engine of mocks needs it. */
  create(name: string, args: Args): Host;
  args: Args;
  cloud: Cloud;
}

/** A change of what an engine's hook is told. */
export type Change = { type?: string; name?: string; oldInputs?: object; newInputs?: object };

/** Hosts as the engine of mocks has them; the one that is looked at is called `host`. */
export class MadeHosts {
  constructor(
    readonly engine: Engine,
    readonly options: Record<string, Options>,
    /** Of `host`; of each other one its IPv6 address, by its name. */
    readonly outputs: Record<string, Output>,
  ) {}

  resource = (name: string): Registered => this.engine.resource(name);
  inputs = (name: string): Record<string, never> => this.engine.inputs(name);

  /** In the order of their names. */
  ofType = (type: string): Registered[] =>
    this.engine.resources
      .filter(({ tail }) => tail.includes(type))
      .sort((one, other) => one.name.localeCompare(other.name));

  protectedOnes = (host: string): string[] =>
    this.engine.resources
      .filter(({ name, protect }) => protect && name.startsWith(`${host}-`))
      .map(({ name }) => name)
      .sort();

  /** All that may be seen of inputs and messages. */
  open = (): string =>
    JSON.stringify([this.engine.resources.map(({ inputs }) => openPart(inputs)), this.engine.logs]);

  /** What a hook says against a change; nothing where it lets it pass. */
  async refusal(name: string, change: Change): Promise<string | undefined> {
    const hook = this.engine.hooks.find((one) => one.name === name);
    try {
      await hook?.callback(change as unknown as Parameters<typeof hook.callback>[0]);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }
}

/** Makes the host with a change to the usual arguments, and others beside it. */
export async function makeHosts<Args extends object>(
  { create, args, cloud }: HostKind<Args>,
  change: Partial<Args> = {},
  others: Record<string, Partial<Args>> = {},
): Promise<MadeHosts> {
  const engine = await mockEngine({ stdout: { "host-prepare": "0.5" } });
  const options = answerAs(cloud);
  jest.spyOn(console, "warn").mockImplementation((line) => void engine.logs.push(String(line)));
  const outputs = await engine.run(() => {
    const addresses = Object.entries(others).map(([name, change]) => [
      name,
      create(name, { ...args, ...change }).ipv6,
    ]);
    const host = create("host", { ...args, ...change });
    const { machineId, ipv4, ipv6, connection, prepared, monthlyCost } = host;
    const own = { machineId, ipv4, ipv6, connection, prepared, monthlyCost };
    return { ...own, ...Object.fromEntries(addresses) };
  });
  return new MadeHosts(engine, options, outputs);
}

/** What every host in a cloud is told, in either cloud. */
export const usual = {
  label: "chat-example-org",
  ubuntu: "24.04" as const,
  ipv6: false,
  sshFrom: ["198.51.100.7/32"],
  ports: snikketPorts({ turnPorts: relayRange(10), proxy65Port: 5000 }),
  dataFolder: "/var/lib/snikket",
  rebootAt: "04:00",
  protectMachine: true,
  allowPaid: false,
};

/** What the cloud of mocks makes of each key. */
export const keysAreMade = {
  "tls:index/privateKey:PrivateKey": ({ name }: { name: string }) => ({
    privateKeyOpenssh: `private half of ${name}\n`,
    publicKeyOpenssh: `ssh-ed25519 ${name}\n`,
  }),
};

/** What a free host in a cloud says of itself, at the one address that every cloud of mocks has and with those keys. */
export const outputsWith = (machineId: string): Record<string, Output> => ({
  machineId: { value: machineId, secret: false },
  ipv4: { value: "198.51.100.9", secret: false },
  ipv6: { value: undefined, secret: false },
  connection: {
    value: {
      host: "198.51.100.9",
      port: 22,
      user: "ubuntu",
      privateKey: "private half of host-deploy-key\n",
      hostKey: "ssh-ed25519 host-host-key",
    },
    secret: true,
  },
  prepared: { value: "0.5", secret: false },
  monthlyCost: { value: expect.stringMatching(/^0\.00 USD/), secret: false },
});
