import { snikketPorts } from "../../components/snikket/ports";
import { exampleReports, hostKey, hostKeyFingerprint } from "../support/example-stack";
import { bySdk, config, looks, type Program, printed, runProgram, steps } from "../support/program";
import { openPart, unwrap } from "../support/wrapped";

let program: Program;

beforeAll(async () => {
  program = await runProgram();
});

const server = "snikket:snikket:SnikketServer";

test("consists of exactly these resources, each below its parent", () => {
  expect(program.engine.resources.map(({ tail }) => tail).sort()).toEqual(
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
  expect(program.outputs).toEqual({
    url: { value: "https://chat.example.org/", secret: false },
    domain: { value: "chat.example.org", secret: false },
    ipv4: { value: "198.51.100.7", secret: false },
    monthlyCost: { value: "not known: the machine was there already", secret: false },
    invitation: { value: expect.stringContaining("create-invite"), secret: true },
  });
});

test.each(steps)("%s has exactly the inputs of a remote step", (name) => {
  expect(openPart(program.engine.resource(name).inputs)).toEqual({
    connection: "secret",
    create: expect.stringMatching(
      /^bash -s # [0-9a-f]{16}; where no ERROR follows, the line was cut: run pulumi up again$/,
    ),
    stdin: "secret",
    triggers: [hostKeyFingerprint],
    addPreviousOutputInEnv: false,
    logging: "stderr",
  });
  expect(program.inputs(name).connection).toEqual({
    ...{ host: "198.51.100.7", port: 22, user: "root" },
    ...{ hostKey, privateKey: config.sshPrivateKey, ...bySdk },
  });
});

test.each(looks)("%s has exactly the inputs of a look from outside", (name) => {
  expect(unwrap(program.engine.resource(name).inputs)).toEqual({
    create: "node --require ts-node/register ../components/snikket/verify.ts",
    stdin: expect.any(String),
    addPreviousOutputInEnv: false,
    logging: "stdout",
  });
});

test("is done in the order a certificate needs", () => {
  const after = (name: string) => program.engine.resource(name).after;
  expect(after("docker-install")).toEqual(["host-prepare"]);
  expect(after("snikket-stage")).toEqual(["docker-install", "snikket-named"]);
  expect(after("snikket-reached")).toEqual(["snikket-stage"]);
  expect(after("snikket-deploy")).toEqual(["host-prepare", "snikket-reached", "snikket-stage"]);
  expect(after("snikket-verified")).toEqual([
    "docker-install",
    "host-prepare",
    "snikket-deploy",
    "snikket-stage",
  ]);
  expect(after("snikket-domain")).toContain("snikket-verified");
});

test.each(steps)("%s dials the machine first, and before an update too", (name) => {
  expect(program.engine.resource(name).hooks).toEqual({
    beforeCreate: ["host-reach"],
    beforeUpdate: ["host-reach"],
  });
});

test("shows the private key nowhere, whole or in part", () => {
  const open = JSON.stringify([
    program.engine.resources.map(({ inputs }) => openPart(inputs)),
    program.engine.logs,
    Object.values(program.outputs).filter(({ secret }) => !secret),
  ]);
  for (const line of config.sshPrivateKey.split("\n").filter((line) => line.length > 5)) {
    expect(open).not.toContain(line);
    expect(open).not.toContain(Buffer.from(line).toString("base64").slice(0, 30));
  }
});

test("keeps what the deployment hands over secret, wherever it goes on to", () => {
  expect(program.engine.resource("snikket-deploy").additionalSecretOutputs).toContain("stdout");
  expect(program.request("snikket-verified").turn.credential).toBe("relay-credential");
  expect(openPart(program.engine.resource("snikket-verified").inputs)).toMatchObject({
    stdin: "secret",
  });
  expect(
    JSON.stringify(program.engine.resources.map(({ inputs }) => openPart(inputs))),
  ).not.toContain("relay-credential");
});

const domain = "chat.example.org";
const ports = snikketPorts({ turnPorts: { from: 49152, to: 49195 }, proxy65Port: 5000 });

test("hands exactly these variables to the machine, the port table among them, and the stamp of the step before", () => {
  const PORTS = "tcp 80\ntcp 443\ntcp 5222\ntcp 5269\ntcp 5000\ntcp 3478\nudp 3478";
  expect(program.variables("host-prepare")).toEqual({
    REBOOT_AT: "04:00",
    PORTS: ports.map(({ protocol, from, to }) => `${protocol} ${from} ${to}`).join("\n"),
    OWN_PORTS: PORTS.replace(/\d+/g, "$& $&"),
    ...{ DATA_DEVICE: "", DATA_FOLDER: "", DATA_STATE: "" },
  });
  expect(program.variables("snikket-stage")).toEqual({
    ...{ SNIKKET_DOMAIN: domain, PUBLIC_IPV4: "198.51.100.7", PUBLIC_IPV6: "", PORTS },
    DOCKER_INSTALLED: exampleReports["docker-install"],
  });
  expect(program.variables("snikket-deploy")).toEqual({
    ...{ SNIKKET_DOMAIN: domain, PORTS, STAGED: exampleReports["snikket-stage"] },
    PREPARED: exampleReports["host-prepare"],
    ACME_DIRECTORY: "https://acme-v02.api.letsencrypt.org/directory",
    ACME_STAGING: "0",
  });
});

test("looks at names first, then at the challenge, then at everything; and again exactly when a remote step has run", () => {
  const usual = { domain, ipv4: "198.51.100.7", issuer: "Let's Encrypt", ports };
  expect(program.request("snikket-named")).toEqual({
    ...{ ...usual, only: ["dns"], patience: 60 },
    stamps: [expect.stringMatching(/^[0-9a-f]{64}$/)],
  });
  expect(program.request("snikket-reached")).toEqual({
    ...{ ...usual, phase: "proxy" },
    challenge: { path: "/.well-known/acme-challenge/snikket-reachable", content: "1.5" },
    stamps: [exampleReports["snikket-stage"]],
  });
  const listening = ["http", "https", "xmpp-client", "turn-udp"];
  expect(program.request("snikket-verified")).toEqual({
    ...usual,
    turn: { username: "1700000000", credential: "relay-credential" },
    machineSees: Object.fromEntries(ports.map(({ name }) => [name, listening.includes(name)])),
    stamps: Object.values(printed),
  });
});

test("refuses another domain, already in the preview, and accepts the same", () => {
  const hook = program.engine.hooks.find(({ name }) => name === "snikket-domain-fixed");
  const change = (input: string) =>
    hook?.callback({ oldInputs: { input } } as unknown as Parameters<typeof hook.callback>[0]);
  expect(program.engine.resource("snikket-domain").hooks).toEqual({
    beforeUpdate: ["snikket-domain-fixed"],
  });
  expect(hook?.opts).toEqual({ onDryRun: true });
  expect(() => change("old.example.org")).toThrow(
    /^snikket:domain is chat\.example\.org, but this server was deployed as old\.example\.org\. .*Set it back to old\.example\.org/,
  );
  expect(change("chat.example.org")).toBeUndefined();
});
