import { snikketPorts } from "../../components/snikket/ports";
import {
  exampleReports,
  exampleStack,
  hostKey,
  hostKeyFingerprint,
} from "../support/example-stack";
import { type Engine, mockEngine, type Output, openPart, unwrap } from "../support/mocks";
import { examplePrinted } from "../support/sealed";

const config = exampleStack();
const printed = examplePrinted(config);
let engine: Engine;
let outputs: Record<string, Output>;

const program = () => require("../../infra/index") as object;
const resource = (name: string) => {
  const found = engine.resources.find((one) => one.name === name);
  if (!found) throw new Error(`${name} was not registered`);
  return found;
};
const inputs = (name: string) => unwrap(resource(name).inputs) as Record<string, string>;
/** The variables that a step hands to its script. */
const variables = (name: string) =>
  Object.fromEntries(
    [...(inputs(name).stdin ?? "").matchAll(/^export ([A-Z_0-9]+)='([^']*)'$/gm)].map((found) =>
      found.slice(1),
    ),
  );
const request = (name: string) => JSON.parse(inputs(name).stdin ?? "");

async function deploy(change: Record<string, string> = {}): Promise<void> {
  engine = await mockEngine({ config: { ...config, ...change }, stdout: printed });
  outputs = await engine.run(program);
}

beforeAll(() => deploy());

const server = "snikket:snikket:SnikketServer";
const steps = ["host-prepare", "docker-install", "snikket-stage", "snikket-deploy"];
const looks = ["snikket-named", "snikket-reached", "snikket-verified"];
/** What the SDK itself adds to a connection. */
const bySdk = { dialErrorLimit: 10, perDialTimeout: 15 };

test("consists of exactly these resources, each below its parent", () => {
  expect(engine.resources.map(({ tail }) => tail).sort()).toEqual(
    [
      "snikket:host:ExistingHost::host",
      "snikket:host:ExistingHost$command:remote:Command::host-prepare",
      "snikket:dns:DnsRecords::dns",
      "snikket:docker:DockerEngine::docker",
      "snikket:docker:DockerEngine$command:remote:Command::docker-install",
      `${server}::snikket`,
      `${server}$command:local:Command::snikket-named`,
      `${server}$command:remote:Command::snikket-stage`,
      `${server}$command:local:Command::snikket-reached`,
      `${server}$command:remote:Command::snikket-deploy`,
      `${server}$command:local:Command::snikket-verified`,
      "pulumi:index:Stash::snikket-domain",
    ].sort(),
  );
});

test("exports url, domain, address and, as a secret, the invitation", () => {
  expect(outputs).toEqual({
    url: { value: "https://chat.example.org/", secret: false },
    domain: { value: "chat.example.org", secret: false },
    ipv4: { value: "198.51.100.7", secret: false },
    monthlyCost: { value: "not known: the machine was there already", secret: false },
    invitation: { value: expect.stringContaining("create-invite"), secret: true },
  });
});

test.each(steps)("%s has exactly the inputs of a remote step", (name) => {
  expect(openPart(resource(name).inputs)).toEqual({
    connection: "secret",
    create: expect.stringMatching(/^bash -s # [0-9a-f]{16}$/),
    stdin: "secret",
    triggers: [hostKeyFingerprint],
    addPreviousOutputInEnv: false,
    logging: "stderr",
  });
  expect(inputs(name).connection).toEqual({
    ...{ host: "198.51.100.7", port: 22, user: "root" },
    ...{ hostKey, privateKey: config.sshPrivateKey, ...bySdk },
  });
});

test.each(looks)("%s has exactly the inputs of a look from outside", (name) => {
  expect(unwrap(resource(name).inputs)).toEqual({
    create: "node --require ts-node/register ../components/snikket/verify.ts",
    stdin: expect.any(String),
    addPreviousOutputInEnv: false,
    logging: "stdout",
  });
});

test("is done in the order a certificate needs", () => {
  const after = (name: string) => resource(name).after;
  expect(after("docker-install")).toEqual(["host-prepare"]);
  expect(after("snikket-stage")).toEqual(["docker-install", "snikket-named"]);
  expect(after("snikket-reached")).toEqual(["snikket-stage"]);
  expect(after("snikket-deploy")).toEqual(["snikket-reached", "snikket-stage"]);
  expect(after("snikket-verified")).toEqual([
    "docker-install",
    "host-prepare",
    "snikket-deploy",
    "snikket-stage",
  ]);
  expect(after("snikket-domain")).toContain("snikket-verified");
});

test.each(steps)("%s dials the machine first, and before an update too", (name) => {
  expect(resource(name).hooks).toEqual({
    beforeCreate: ["host-reach"],
    beforeUpdate: ["host-reach"],
  });
});

test("shows the private key nowhere, whole or in part", () => {
  const open = JSON.stringify([
    engine.resources.map(({ inputs }) => openPart(inputs)),
    engine.logs,
    Object.values(outputs).filter(({ secret }) => !secret),
  ]);
  for (const line of config.sshPrivateKey.split("\n").filter((line) => line.length > 5)) {
    expect(open).not.toContain(line);
    expect(open).not.toContain(Buffer.from(line).toString("base64").slice(0, 30));
  }
});

test("keeps what the deployment hands over secret, wherever it goes on to", () => {
  expect(resource("snikket-deploy").additionalSecretOutputs).toContain("stdout");
  expect(request("snikket-verified").turn.credential).toBe("relay-credential");
  expect(openPart(resource("snikket-verified").inputs)).toMatchObject({ stdin: "secret" });
  expect(JSON.stringify(engine.resources.map(({ inputs }) => openPart(inputs)))).not.toContain(
    "relay-credential",
  );
});

const domain = "chat.example.org";
const ports = snikketPorts({ turnPorts: { from: 49152, to: 49195 }, proxy65Port: 5000 });

test("hands exactly these variables to the machine, the port table among them, and the stamp of the step before", () => {
  expect(variables("host-prepare")).toEqual({
    REBOOT_AT: "04:00",
    PORTS: ports.map(({ protocol, from, to }) => `${protocol} ${from} ${to}`).join("\n"),
    ...{ DATA_DEVICE: "", DATA_FOLDER: "", DATA_STATE: "" },
  });
  const PORTS = "tcp 80\ntcp 443\ntcp 5222\ntcp 5269\ntcp 5000\ntcp 3478\nudp 3478";
  expect(variables("snikket-stage")).toEqual({
    ...{ SNIKKET_DOMAIN: domain, PUBLIC_IPV4: "198.51.100.7", PUBLIC_IPV6: "", PORTS },
    DOCKER_INSTALLED: exampleReports["docker-install"],
  });
  expect(variables("snikket-deploy")).toEqual({
    ...{ SNIKKET_DOMAIN: domain, PORTS, STAGED: exampleReports["snikket-stage"] },
    ACME_DIRECTORY: "https://acme-v02.api.letsencrypt.org/directory",
    ACME_STAGING: "0",
  });
});

test("looks at names first, then at the challenge, then at everything; and again exactly when a remote step has run", () => {
  const usual = { domain, ipv4: "198.51.100.7", issuer: "Let's Encrypt", ports };
  expect(request("snikket-named")).toEqual({
    ...{ ...usual, only: ["dns"], patience: 60 },
    stamps: [expect.stringMatching(/^[0-9a-f]{64}$/)],
  });
  expect(request("snikket-reached")).toEqual({
    ...{ ...usual, phase: "proxy" },
    challenge: { path: "/.well-known/acme-challenge/snikket-reachable", content: "1.5" },
    stamps: [exampleReports["snikket-stage"]],
  });
  const listening = ["http", "https", "xmpp-client", "turn-udp"];
  expect(request("snikket-verified")).toEqual({
    ...usual,
    turn: { username: "1700000000", credential: "relay-credential" },
    machineSees: Object.fromEntries(ports.map(({ name }) => [name, listening.includes(name)])),
    stamps: Object.values(printed),
  });
});

test("refuses another domain, already in the preview, and accepts the same", () => {
  const hook = engine.hooks.find(({ name }) => name === "snikket-domain-fixed");
  const change = (input: string) =>
    hook?.callback({ oldInputs: { input } } as unknown as Parameters<typeof hook.callback>[0]);
  expect(resource("snikket-domain").hooks).toEqual({ beforeUpdate: ["snikket-domain-fixed"] });
  expect(hook?.opts).toEqual({ onDryRun: true });
  expect(() => change("old.example.org")).toThrow(
    /^snikket:domain is chat\.example\.org, but this server was deployed as old\.example\.org\. .*Set it back to old\.example\.org/,
  );
  expect(change("chat.example.org")).toBeUndefined();
});

test("looks at Docker again whenever what it is for has changed", async () => {
  const before = variables("docker-install").DOCKER_PURPOSE;
  await deploy({ retentionDays: "8" });
  const after = variables("docker-install").DOCKER_PURPOSE;
  await deploy();
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(after).not.toBe(before);
  expect(variables("docker-install").DOCKER_PURPOSE).toBe(before);
});

describe("with another user, address and settings", () => {
  const host = {
    provider: "existing",
    address: "198.51.100.8",
    ipv6: "2001:db8::8",
    user: "anna",
    port: 2222,
    hostKey,
    rebootAt: "never",
  };
  beforeAll(() =>
    deploy({
      host: JSON.stringify(host),
      nameservers: '["198.51.100.53"]',
      acme: JSON.stringify({
        server: "custom",
        directory: "https://ca.example.org/dir",
        rootCertificate: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
      }),
    }),
  );

  test.each(steps)("%s asks sudo, which must not ask back", (name) => {
    expect(inputs(name).create).toMatch(/^sudo -n bash -s # [0-9a-f]{16}$/);
    expect(inputs(name).connection).toEqual({
      ...{ host: "198.51.100.8", port: 2222, user: "anna" },
      ...{ hostKey, privateKey: config.sshPrivateKey, ...bySdk },
    });
  });

  test.each(looks)("%s knows both addresses and asks the configured name servers", (name) => {
    expect(request(name)).toMatchObject({
      ipv4: "198.51.100.8",
      ipv6: "2001:db8::8",
      nameservers: ["198.51.100.53"],
      acmeRoots: expect.stringContaining("MIIB"),
    });
    expect(request(name)).not.toHaveProperty("issuer");
  });

  test("hands the reboot time and the directory to their scripts", () => {
    expect(variables("host-prepare").REBOOT_AT).toBe("never");
    expect(variables("snikket-deploy")).toMatchObject({
      ACME_DIRECTORY: "https://ca.example.org/dir",
      ACME_STAGING: "0",
    });
  });
});
