import { readExample } from "../support/examples";
import { loadedSdks } from "../support/loaded-sdks";

// Each plan takes some seconds, and on a busy computer many.
jest.setTimeout(600_000);

const always = ["@pulumi/command", "@pulumi/pulumi"];

test.each([
  ["existing", []],
  ["oracle", ["@pulumi/cloudflare", "@pulumi/oci", "@pulumi/tls"]],
  ["google", ["@pulumi/cloudflare", "@pulumi/gcp", "@pulumi/tls"]],
])("a stack at %s loads the SDKs it needs, and no other", async (name, needed) => {
  expect(await loadedSdks(readExample(`${name}.example.yaml`))).toEqual(
    [...always, ...needed].sort(),
  );
});
