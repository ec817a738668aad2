import { createHash } from "node:crypto";
import { readState, type StateResource } from "../../../operations/plan/state";
import { encrypted, exported } from "../../support/plan-state";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const masked = {
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  plaintext: '"[secret]"',
};
const salt = "v1:salt";
const newest = (provider: string) => ({ oci: "4.20.0", command: "1.2.1" })[provider];

const urn = (type: string, name: string) => `urn:pulumi:home::snikket::${type}::${name}`;
const provider = (name: string, version: string, id: string): StateResource => ({
  urn: urn(`pulumi:providers:${name}`, `default_${version.replaceAll(".", "_")}`),
  type: `pulumi:providers:${name}`,
  id,
  inputs: { version },
  outputs: { version },
});
const vcn = (more: Partial<StateResource> = {}): StateResource => ({
  urn: urn("oci:Core/vcn:Vcn", "host-vcn"),
  type: "oci:Core/vcn:Vcn",
  id: "ocid1.vcn",
  inputs: { displayName: "home" },
  outputs: { displayName: "home", state: "AVAILABLE" },
  ...more,
});

const read = (resources: StateResource[], deployment = {}) => {
  const state = exported(resources);
  return readState(
    JSON.stringify({ ...state, deployment: { ...state.deployment, ...deployment } }),
    newest,
    salt,
  );
};
const only = (resource: StateResource) => read([resource]).deployment.resources?.[0];

test("keeps what a resource is, under the temporary stack's own salt", () => {
  const { deployment, stack } = read([vcn()]);
  expect(deployment.resources).toEqual([vcn()]);
  expect(deployment.secrets_providers).toEqual({ type: "passphrase", state: { salt } });
  expect(stack).toBe("home");
});

test("masks secrets at any depth, in inputs and in the outputs that repeat them", () => {
  const inputs = { metadata: { key: encrypted(), list: [{ deep: encrypted() }], open: 1 } };
  const resource = only(vcn({ inputs, outputs: { ...inputs, computed: encrypted() } }));
  const safe = { metadata: { key: masked, list: [{ deep: masked }], open: 1 } };
  expect(resource?.inputs).toEqual(safe);
  expect(resource?.outputs).toEqual({ ...safe, computed: masked });
  expect(JSON.stringify(read([vcn({ inputs })]))).not.toContain("ciphertext");
});

test("masks secrets that were exported in plain text, too", () => {
  const { ciphertext: _, ...mark } = encrypted();
  const inputs = { key: { ...mark, plaintext: '"hunter2"' } };
  expect(JSON.stringify(read([vcn({ inputs })]))).not.toContain("hunter2");
});

test("takes what a command printed in secret for unknown: the program reads it", () => {
  const type = "command:remote:Command";
  const resource = only({
    ...{ urn: urn(type, "snikket-deploy"), type, id: "1" },
    inputs: { stdin: encrypted() },
    outputs: { stdin: encrypted(), stdout: encrypted(), stderr: "" },
  });
  expect(resource?.outputs).toEqual({ stdin: masked, stdout: unknown, stderr: "" });
});

test("takes protection out of the copy, and remembers it", () => {
  const { deployment, protected: kept } = read([vcn({ protect: true })]);
  expect(deployment.resources?.[0]).not.toHaveProperty("protect");
  expect([...kept]).toEqual([vcn().urn]);
});

test("tells the models what is there, without marks and without the engine's own", () => {
  const inputs = { displayName: "home", key: encrypted() };
  const { known } = read([provider("oci", "4.20.0", "p"), vcn({ inputs, outputs: inputs })]);
  const values = { displayName: "home", key: "[secret]" };
  expect(known).toEqual([
    { type: "oci:Core/vcn:Vcn", id: "ocid1.vcn", inputs: values, outputs: values },
  ]);
});

describe("providers of another version", () => {
  test("become the ones that are here, and the reader is told", () => {
    const old = provider("oci", "4.19.0", "p");
    const { deployment, notes } = read([old, vcn({ provider: `${old.urn}::p` })]);
    const here = provider("oci", "4.20.0", "p");
    expect(deployment.resources).toEqual([here, vcn({ provider: `${here.urn}::p` })]);
    expect(notes).toContain("The state was made with oci 4.19.0; the plan is for 4.20.0.");
  });

  test("of which there are two become one", () => {
    const [old, now] = [provider("oci", "4.19.0", "a"), provider("oci", "4.20.0", "b")];
    const name = urn("oci:Core/vcn:Vcn", "other");
    const { deployment } = read([
      ...[old, now, vcn({ provider: `${old.urn}::a` })],
      vcn({ urn: name, provider: `${now.urn}::b` }),
    ]);
    expect(deployment.resources?.map((one) => [one.urn, one.id, one.provider])).toEqual([
      [now.urn, "a", undefined],
      [vcn().urn, "ocid1.vcn", `${now.urn}::a`],
      [name, "ocid1.vcn", `${now.urn}::a`],
    ]);
  });

  test("keep their own name where the program gave them one", () => {
    const own = { ...provider("oci", "4.19.0", "p"), urn: urn("pulumi:providers:oci", "home") };
    expect(only(own)).toMatchObject({ urn: own.urn, inputs: { version: "4.20.0" } });
  });

  test("that are not here stay as they are", () => {
    expect(only(provider("acme", "1.0.0", "p"))).toEqual(provider("acme", "1.0.0", "p"));
  });
});

test("gives the state the sum that the engine looks for", () => {
  const magic = createHash("sha256").update("v3.251.0").digest("hex");
  expect(read([vcn()]).deployment.manifest).toMatchObject({ version: "v3.251.0", magic });
});

test("tells of an update that was interrupted, and of what it cannot see", () => {
  const { notes, deployment } = read([vcn()], { pending_operations: [{ type: "creating" }] });
  expect(notes.join(" ")).toMatch(/Secrets were not compared.* was interrupted/);
  expect(deployment.pending_operations).toEqual([]);
});

test("a state with nothing in it is one", () => {
  const text = JSON.stringify({ version: 3, deployment: { manifest: {} } });
  expect(readState(text, newest, salt)).toMatchObject({ stack: undefined, known: [] });
});

test("so is one of a program with hooks, which the engine gives another version", () => {
  const text = JSON.stringify({ ...exported([vcn()]), version: 4, features: ["hooks"] });
  expect(readState(text, newest, salt).deployment.resources).toEqual([vcn()]);
});

const none = (version: number) => JSON.stringify({ version, deployment: {} });

test.each(["", "nothing", "[]", "null", none(2), none(5), '{"version":3}'])(
  "refuses %j",
  (text) => {
    expect(() => readState(text, newest, salt)).toThrow(
      "is not what pulumi stack export writes: version 3 or 4, and a deployment",
    );
  },
);
