import { plainInputs } from "../../support/contract-declarations";

const read = (type: string) =>
  Object.fromEntries(plainInputs(type).map(({ name, replaces }) => [name, replaces]));

test("the contract reads from an SDK's comments what makes another resource", () => {
  const instance = read("oci:Core/instance:Instance");
  expect(instance).toMatchObject({ availabilityDomain: true, displayName: false });
  // Objects and lists are none of its business.
  expect(Object.keys(instance)).not.toContain("metadata");
  expect(read("gcp:compute/instance:Instance")).toMatchObject({
    metadataStartupScript: true,
    machineType: undefined,
  });
  expect(read("tls:index/privateKey:PrivateKey")).toMatchObject({ algorithm: undefined });
});
