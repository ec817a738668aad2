import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import type { StackFile } from "../../../sandbox/stack";
import { readExample, stacks } from "../../support/examples";

let folder: string;
const environment = { ...process.env };

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "cloud-stack-"));
  cpSync(stacks, path.join(folder, "stacks"), { recursive: true });
  mkdirSync(path.join(folder, ".sandbox"));
  for (const file of ["docker-key-fingerprint", "acme-root.pem"])
    writeFileSync(path.join(folder, ".sandbox", file), `${file} of the sandbox`);
  Reflect.deleteProperty(process.env, "SNIKKET_SANDBOX_NAME");
  process.env.SNIKKET_SANDBOX_CHECKOUT = folder;
});

afterAll(() => {
  process.env = environment;
  rmSync(folder, { recursive: true });
});

/** The values of a stack file by their keys; of host and DNS, those of the keys below as well. */
function values(text: string): Record<string, unknown> {
  const { config } = parse(text) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) =>
      ["snikket:host", "snikket:dns"].includes(key)
        ? Object.entries(value as object).map(([below, value]) => [`${key}.${below}`, value])
        : [[key, value]],
    ),
  );
}

test.each([
  ["oracle", "snikket:host.compartmentId"],
  ["google", "snikket:host.project"],
] as const)(
  "the sandbox changes of the example of %s its account's values alone, and adds what leads it to itself",
  (kind, account) => {
    const { cloudStack } =
      require("../../../sandbox/cloud/stack") as typeof import("../../../sandbox/cloud/stack");
    const { text, secrets }: StackFile = cloudStack(kind);
    const example = values(readExample(`${kind}.example.yaml`));
    const ours = values(text);
    const differing = Object.keys({ ...example, ...ours }).filter(
      (key) => JSON.stringify(ours[key]) !== JSON.stringify(example[key]),
    );
    const added = ["snikket:acme", "snikket:docker", "snikket:nameservers"];
    const changed = [account, "snikket:adminEmail", "snikket:dns.zone", "snikket:domain"];
    expect(differing.sort()).toEqual([...added, ...changed, "snikket:host.sshFrom"].sort());
    expect(Object.keys(example).filter((key) => !(key in ours))).toEqual([]);
    expect(
      Object.keys(ours)
        .filter((key) => !(key in example))
        .sort(),
    ).toEqual(added);
    expect(Object.keys(secrets)).toEqual(["cloudflare:apiToken"]);
  },
);
