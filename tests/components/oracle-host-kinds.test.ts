import type { MadeHosts } from "../support/hosts";
import { makeOracle, tenancyId } from "../support/oracle-host";
import { openPart } from "../support/wrapped";

let made: MadeHosts;

beforeAll(async () => {
  made = await makeOracle({
    other: { label: "chat-example-net" },
    open: { protectMachine: false },
    six: { ipv6: true, sshFrom: ["198.51.100.7/32", "2001:db8::/64"] },
    micro: { shape: "VM.Standard.E2.1.Micro" },
    known: { credentials: { tenancyOcid: tenancyId, privateKey: "secret key" } },
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

test("asks Oracle with the credentials it is given", () => {
  expect(openPart(made.resource("known-oracle").inputs)).toEqual({
    region: "eu-frankfurt-1",
    tenancyOcid: tenancyId,
    privateKey: "secret",
  });
});
