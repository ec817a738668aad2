/** Makes engines of mocks cheap: of the SDK, each has modules of its own only where they remember something. */
import { readdirSync } from "node:fs";
import * as path from "node:path";

const sdk = path.dirname(require.resolve("@pulumi/pulumi"));
const messages = readdirSync(path.join(sdk, "proto")).filter((file) => file.endsWith("_pb.js"));

const foreign = [
  "@grpc/grpc-js",
  "@opentelemetry/api",
  "google-protobuf/google/protobuf/struct_pb",
];

// What remembers nothing serves every engine; it is most of what the SDK loads.
for (const name of ["semver", ...foreign, ...messages.map((file) => `${sdk}/proto/${file}`)]) {
  let kept: unknown;
  jest.doMock(name, () => {
    kept ??= jest.requireActual(name);
    return kept;
  });
}

// Else each promise notes where it was made, and Jest finds the source of every line of that.
const promises = `${sdk}/runtime/debuggable`;
const debuggablePromise = <T>(promise: T): T => promise;
jest.doMock(promises, () => ({ ...jest.requireActual(promises), debuggablePromise }));
