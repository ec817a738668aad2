import { declaration, plainInputs } from "../../support/contract-declarations";

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

test("the contract reads from an SDK what a resource takes, needs and always has", () => {
  const address = declaration("gcp:compute/address:Address");
  expect(address.required).toEqual([]);
  expect(address.inputs).toEqual(expect.arrayContaining(["description", "labels", "region"]));
  expect(address.outputs).toEqual(expect.arrayContaining(["address", "effectiveLabels", "region"]));
  for (const name of ["description", "labels", "isInstance", "id"])
    expect(address.outputs).not.toContain(name);
  expect(declaration("oci:Core/vcn:Vcn").required).toEqual(["compartmentId"]);
});
