import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { managedSettings } from "../../components/snikket/managed-settings";
import { parseConfig } from "../../infra/config";
import { stackSchema } from "../../scripts/schema";
import { sshKey } from "../support/ssh-keys";
import { engineValues } from "../support/stack-file";

// Each file is a stack file that must be refused; its first comments are the messages, all of them.
const folder = path.join(__dirname, "../refusals");
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

const { privateKey, publicKey } = sshKey();
const secrets: Record<string, string> = {
  "{{private key}}": privateKey,
  "{{public key}}": publicKey,
  "{{PuTTY's private key}}": `PuTTY-User-Key-File-3: ssh-ed25519\n${publicKey}`,
  "{{half a private key}}": privateKey.slice(0, privateKey.length / 2),
  "{{encrypted private key}}": sshKey({ passphrase: "correct horse" }).privateKey,
  "{{encrypted PEM private key}}": sshKey({ type: "ecdsa", passphrase: "horse", format: "PEM" })
    .privateKey,
};

const read = (file: string) => readFileSync(path.join(folder, file), "utf8");
const expected = (text: string) =>
  [...text.matchAll(/^# refused: (.*)$/gm)].map(([, part]) => part);
const values = (text: string) => engineValues(parse(text), (secure) => secrets[secure] ?? secure);

test("there are enough refusals to mean something", () => {
  expect(files.length).toBeGreaterThanOrEqual(40);
});

test.each(files)("refuses %s with exactly its messages", (file) => {
  const text = read(file);
  const { config, problems } = parseConfig(values(text));
  expect(config).toBeUndefined();
  expect(expected(text).length).toBeGreaterThan(0);
  expect([...problems].sort()).toEqual(
    expected(text)
      .sort()
      .map((part) => expect.stringContaining(part ?? "nothing")),
  );
});

test.each(files)("shows no part of a secret when it refuses %s", (file) => {
  const raw = values(read(file));
  const shown = parseConfig(raw).problems.join("\n");
  const secret = raw.sshPrivateKey ?? "";
  const parts = Array.from({ length: Math.max(0, secret.length - 11) }, (_, at) =>
    secret.slice(at, at + 12),
  );
  expect(parts.filter((part) => shown.includes(part))).toEqual([]);
});

test("every problem is one readable line", () => {
  const problems = files.flatMap((file) => parseConfig(values(read(file))).problems);
  for (const problem of problems) expect(problem).toMatch(/^snikket:[^\n]{10,}$/);
});

interface JsonMap {
  required?: string[];
  properties?: Record<string, { description?: string }>;
}

/** The keys that cannot be left out, anywhere in a schema, the ones aside that name a kind. */
function requiredKeys(schema: unknown): [string, { description?: string }][] {
  if (typeof schema !== "object" || schema === null) return [];
  const { required = [], properties = {} } = schema as JsonMap;
  const here = required.map((key) => [key, properties[key] ?? {}] as [string, object]);
  const below = Object.values(schema).flatMap(requiredKeys);
  return [...here.filter(([, found]) => !("const" in found)), ...below];
}

test("every key that can be missing says what it is", () => {
  const keys = requiredKeys(stackSchema()).filter(([key]) => !["config", "secure"].includes(key));
  expect(keys.map(([key]) => key)).toContain("hostKey");
  expect(keys.filter(([, { description = "" }]) => description.length < 10)).toEqual([]);
});

const accepted = (change: Record<string, string> = {}) =>
  parseConfig({ ...values(read("calls-zero.yaml")), calls: "1", ...change });

test("accepts the same stack without a mistake", () => {
  expect(accepted().problems).toEqual([]);
});

test.each(Object.entries(managedSettings))("refuses the extra setting %s", (name, key) => {
  const [first = "", ...others] = accepted({
    extraSettings: JSON.stringify({ [name]: "1" }),
  }).problems;
  expect(others).toEqual([]);
  const remedy = key ? `; set snikket:${key} instead` : " and cannot be set; leave it out";
  expect(first).toBe(`snikket:extraSettings.${name} is managed here${remedy}`);
});

test.each([
  "xn--familie-mller-4ob.example.org",
  "example.org",
  "a.b.c.example.co.uk",
  "anna.github.io",
])("accepts the domain %s as it is", (domain) => {
  expect(accepted({ domain }).config?.domain).toBe(domain);
});

test("takes digits for numbers, and leaves text that looks like one", () => {
  const { config } = accepted({ calls: "12", uploadStorageGb: "1.5", siteName: "1984" });
  expect(config).toMatchObject({ calls: 12, uploadStorageGb: 1.5, siteName: "1984" });
});

test("takes a site name that begins as a list does", () => {
  expect(accepted({ siteName: "[Müller] family" }).config?.siteName).toBe("[Müller] family");
});

test("keeps the host key without its comment", () => {
  const host = { provider: "existing", address: "198.51.100.7", hostKey: `${publicKey} root@home` };
  expect(accepted({ host: JSON.stringify(host) }).config?.host).toMatchObject({
    hostKey: publicKey,
  });
});

test("accepts a private key that lost its last line break", () => {
  expect(accepted({ sshPrivateKey: privateKey.trimEnd() }).problems).toEqual([]);
});
