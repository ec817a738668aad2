import { mkdtempSync, rmSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { exampleStack } from "../support/example-stack";
import { mockEngine } from "../support/mocks";

test("fails before anything is registered, with every mistake in one message and no stack trace", async () => {
  const { sshPrivateKey: _, ...rest } = exampleStack();
  const config = { ...rest, domain: "chat", calls: "5000", colour: "green" };
  const engine = await mockEngine({ config });
  const error = await engine.run(() => require("../../infra/index")).catch((error) => error);
  const { RunError } = require("@pulumi/pulumi") as typeof import("@pulumi/pulumi");
  // Of any other error, Pulumi shows the stack.
  expect(RunError.isInstance(error)).toBe(true);
  expect(error.message).toBe(
    `stack "test" is misconfigured; nothing was changed:
  snikket:domain "chat" has no dot; write the full name, as chat.example.org
  snikket:calls must be 1000 or less
  snikket:colour is not a known key; leave it out, or take one of those in stacks/*.example.yaml
  snikket:sshPrivateKey is missing; set it with: npx pulumi config set --secret snikket:sshPrivateKey < ~/.ssh/snikket (before it, once: read -rs PULUMI_CONFIG_PASSPHRASE; export PULUMI_CONFIG_PASSPHRASE)`,
  );
  expect(engine.resources).toEqual([]);
});

test.each([
  ["nothing at all", {}],
  ["only what others ask for", { "cloudflare:apiToken": "token" }],
])("says where the settings belong, in one sentence, where there is %s", async (_, others) => {
  const engine = await mockEngine();
  const pulumi = require("@pulumi/pulumi") as typeof import("@pulumi/pulumi");
  jest.spyOn(pulumi.runtime, "allConfig").mockReturnValue(others as Record<string, string>);
  await expect(engine.run(() => require("../../infra/index"))).rejects.toThrow(
    /^stack "test" is misconfigured; nothing was changed:\n {2}there is no setting of snikket: in stacks\/Pulumi\.test\.yaml; .* copy what is in one of stacks\/\*\.example\.yaml into it .*$/,
  );
  expect(engine.resources).toEqual([]);
});

test("names an SSH agent that is gone, on which every step would fail", async () => {
  const engine = await mockEngine({ config: exampleStack() });
  const agent = process.env.SSH_AUTH_SOCK;
  process.env.SSH_AUTH_SOCK = path.join(os.tmpdir(), "no-agent-here");
  // A plan needs none.
  process.env.SNIKKET_OFFLINE = "";
  try {
    await expect(engine.run(() => require("../../infra/index"))).rejects.toThrow(
      /nothing was changed:\n {2}the variable SSH_AUTH_SOCK .* is gone; first: unset SSH_AUTH_SOCK$/,
    );
  } finally {
    if (agent === undefined) delete process.env.SSH_AUTH_SOCK;
    else process.env.SSH_AUTH_SOCK = agent;
  }
});

const inCloud = (host: object): Record<string, string> => {
  const { sshPrivateKey: _, ...rest } = exampleStack();
  return { ...rest, host: JSON.stringify({ ...host, sshFrom: ["198.51.100.7/32"] }) };
};
const compartmentId = "ocid1.compartment.oc1..aaaaaaaaexample";
const inOracle = (region: string) => inCloud({ provider: "oracle", region, compartmentId });
const project = "family-chat-471203";
const inGoogle = (zone: string) => inCloud({ provider: "google", project, zone, allowPaid: true });

describe("in a cloud", () => {
  const before = process.env;
  const home = mkdtempSync(path.join(os.tmpdir(), "nobody-"));
  beforeEach(() => {
    process.env = {};
    jest.spyOn(os, "homedir").mockReturnValue(home);
  });
  afterEach(() => {
    process.env = before;
    jest.restoreAllMocks();
  });
  afterAll(() => rmSync(home, { recursive: true }));

  test("fails likewise where nobody said who asks it", async () => {
    const engine = await mockEngine({ config: inOracle("eu-frankfurt-1") });
    await expect(engine.run(() => require("../../infra/index"))).rejects.toThrow(
      /^stack "test" is misconfigured; nothing was changed:\n {2}no credentials for Oracle Cloud: .*~\/\.oci\/config.*$/,
    );
    expect(engine.resources).toEqual([]);
  });

  test.each([
    ["the region eu-frankfurt-1", inOracle("eu-frankfurt-1"), []],
    ["the region eu-atlantis-1", inOracle("eu-atlantis-1"), ["region is eu-atlantis-1, which"]],
    ["the zone us-esat1-b", inGoogle("us-esat1-b"), ["zone is us-esat1-b, which is not known"]],
  ])("goes on with %s, and says where it may not be right", async (_, config, warnings) => {
    process.env.OCI_AUTH = "ApiKey";
    process.env.GOOGLE_CREDENTIALS = "{}";
    const engine = await mockEngine({ config });
    const warned = jest.spyOn(console, "warn").mockImplementation();
    await engine.run(() => {
      const { loadConfig } = require("../../infra/config") as typeof import("../../infra/config");
      return { host: loadConfig().host };
    });
    expect(warned.mock.calls.flat()).toEqual(
      warnings.map((words) => expect.stringContaining(words)),
    );
  });

  test("goes on with what was left as in an example, and says so where it is no plan", async () => {
    process.env.OCI_AUTH = "ApiKey";
    const engine = await mockEngine({ config: inOracle("eu-frankfurt-1") });
    process.env.SNIKKET_OFFLINE = "";
    const warned = jest.spyOn(console, "warn").mockImplementation();
    await engine.run(() => {
      const { loadConfig } = require("../../infra/config") as typeof import("../../infra/config");
      return { host: loadConfig().host };
    });
    expect(warned.mock.calls.flat()).toEqual([
      expect.stringMatching(/snikket:domain is chat\.example\.org, .*: write your own/),
    ]);
  });
});
