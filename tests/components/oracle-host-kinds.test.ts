import type { MadeHosts } from "../support/hosts";
import { makeOracle, tenancyId } from "../support/oracle-host";
import { openPart } from "../support/wrapped";

let made: MadeHosts;

const marker = "hunter2";
/** A shell, an env file or a terminal would take it amiss. */
const odd = `'"$(id)\`id\`\n\u001b[2J${marker}`;
const keys = ["auth", "tenancyOcid", "userOcid", "fingerprint", "privateKey", "privateKeyPath"];

beforeAll(async () => {
  made = await makeOracle({
    other: { label: "chat-example-net" },
    open: { protectMachine: false },
    six: { ipv6: true, sshFrom: ["198.51.100.7/32", "2001:db8::/64"] },
    micro: { shape: "VM.Standard.E2.1.Micro" },
    known: { credentials: { tenancyOcid: tenancyId, privateKey: "secret key" } },
    odd: { credentials: Object.fromEntries(keys.map((key) => [key, odd])) },
  });
});

test("has nothing in common with another family's in the same compartment", () => {
  const names = (host: string) =>
    made
      .ofType("oci:Core")
      .filter(({ name, inputs }) => name.startsWith(`${host}-`) && inputs.displayName)
      .map(({ inputs }) => String(inputs.displayName));
  expect(names("host")).toHaveLength(12);
  expect(names("other").filter((name) => names("host").includes(name))).toEqual([]);
  // What has no name of its own belongs to something that has.
  const own = made.ofType("oci:Core").filter(({ name }) => name.startsWith("host-"));
  expect(JSON.stringify(own)).not.toMatch(/(other|open|six|micro|known)-/);
});

test("gives up the machine alone where it is not protected", () => {
  expect(made.protectedOnes("open")).toEqual(["open-address", "open-data", "open-private-address"]);
});

test("asks for no size of a shape that has one", () => {
  const shape = "VM.Standard.E2.1.Micro";
  const machine = made.inputs("micro-machine");
  expect(machine).toMatchObject({
    shape,
    sourceDetails: { sourceId: `newest 24.04 for ${shape}` },
  });
  expect(machine).not.toHaveProperty("shapeConfig");
  expect(made.inputs("micro-room-1").shapeAvailabilities).toEqual([{ instanceShape: shape }]);
});

test("hands the credentials to the plugin as they are, and to no step, resource or message", () => {
  const isIn = (value: unknown) => JSON.stringify(value).includes(marker);
  const holders = made.engine.resources.filter(({ inputs }) => isIn(inputs));
  expect(holders.map(({ name }) => name)).toEqual(["odd-oracle"]);
  expect(made.inputs("odd-oracle")).toMatchObject(
    Object.fromEntries(keys.map((key) => [key, odd])),
  );
  expect(isIn(made.engine.logs)).toBe(false);
});

test("asks Oracle with the credentials it is given", () => {
  expect(openPart(made.resource("known-oracle").inputs)).toEqual({
    region: "eu-frankfurt-1",
    tenancyOcid: tenancyId,
    privateKey: "secret",
  });
});
