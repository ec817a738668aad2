import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { Machine } from "../../../sandbox/cloud/world";
import { googleWorld } from "../../../sandbox/stand-ins/gcp/world";
import { oracleWorld } from "../../../sandbox/stand-ins/oci/world";
import { forget, keep, resources } from "../../../sandbox/stand-ins/store";
import { nasty } from "../../support/attack-strings";

let folder: string;
const { PULUMI_HOME } = process.env;

beforeEach(() => {
  jest.resetModules();
  folder = mkdtempSync(path.join(tmpdir(), "hostile-state-"));
  process.env.PULUMI_HOME = path.join(folder, "home");
  process.env.SNIKKET_SANDBOX_CHECKOUT = path.join(folder, "checkout");
});
afterEach(() => {
  delete process.env.SNIKKET_SANDBOX_CHECKOUT;
  if (PULUMI_HOME === undefined) delete process.env.PULUMI_HOME;
  else process.env.PULUMI_HOME = PULUMI_HOME;
  rmSync(folder, { recursive: true });
});

const below = (...parts: string[]) => {
  const own = path.join(folder, ...parts);
  mkdirSync(own, { recursive: true });
  return readdirSync(own, { recursive: true }).map(String).sort();
};
const climbing = ["..", "../../../../victim", "/../../../../victim", "a/../../../../../victim"];
const outputs = (id: string) => ({ type: "oci:Core/vcn:Vcn", id, inputs: {}, outputs: {} });

test("whatever an id is, its file stays in its cloud's folder, and goes again", () => {
  const ids = [...climbing, ...nasty.filter((text) => !/\p{Cs}/u.test(text))];
  for (const id of ids) keep("oci", outputs(id));
  expect(
    resources("oci")
      .map(({ id }) => id)
      .sort(),
  ).toEqual([...new Set(ids)].sort());
  expect(below("home").filter((file) => !/^cloud(\/oci(\/[^/]+\.json)?)?$/.test(file))).toEqual([]);
  for (const id of ids) forget("oci", id);
  expect(resources("oci")).toEqual([]);
});

test.each(climbing)(
  "what a machine at %j is told goes nowhere but below the metadata, and nothing else does",
  (odd) => {
    below("checkout/.sandbox/cloud/volumes");
    below("victim/there");
    writeFileSync(path.join(folder, "victim/there/file"), "");
    const before = below("victim");
    // Only now, as the checkout is settled when it is loaded.
    const { writeMetadata }: typeof import("../../../sandbox/cloud/machines") =
      require("../../../sandbox/cloud/machines");
    for (const [privateIp, name] of [
      [odd, "key"],
      ["10.0.0.10", odd],
      [odd, odd],
    ])
      writeMetadata([{ privateIp, metadata: { [`${name}/x`]: "text" } } as unknown as Machine]);
    expect(below("victim")).toEqual(before);
    expect(below("checkout/.sandbox").filter((file) => !file.startsWith("cloud/metadata"))).toEqual(
      ["cloud", "cloud/volumes"],
    );
  },
);

describe("a state that is damaged ends in a sentence that names the file", () => {
  test.each(["", "{", '{"type":"oci:Core/vcn:Vcn"', "\u0000", "<html>"])("%j", (text) => {
    keep("oci", outputs("vcn"));
    writeFileSync(path.join(folder, "home/cloud/oci/vcn.json"), text);
    expect(() => resources("oci")).toThrow(/^\/\S+\/cloud\/oci\/vcn\.json: [^\n]+$/);
  });
});

test("what is no file is not read: one that never ends, and one that never begins", () => {
  keep("oci", outputs("vcn"));
  const own = path.join(folder, "home/cloud/oci");
  execFileSync("ln", ["-s", "/dev/zero", path.join(own, "zero.json")]);
  execFileSync("mkfifo", [path.join(own, "pipe.json")]);
  expect(resources("oci").map(({ id }) => id)).toEqual(["vcn"]);
});

test("names of JavaScript's own change nothing", () => {
  const odd = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
  for (const type of ["oci:Core/vcn:Vcn", "oci:Core/subnet:Subnet", "gcp:compute/disk:Disk"])
    keep("oci", { type, id: type, inputs: JSON.parse(odd), outputs: JSON.parse(odd) });
  for (const world of [oracleWorld, googleWorld]) world(resources("oci"));
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
