import { plainSecrets } from "../../../infra/config.secrets";

const words =
  "stands in plain text in the stack's file; if others may have read it there, make a new one";
const encrypted =
  (...keys: string[]) =>
  (key: string) =>
    keys.includes(key);

test.each([
  ["oci:privateKey", "-----BEGIN PRIVATE KEY-----"],
  ["oci:privateKeyPassword", "of the key"],
  ["gcp:credentials", '{"type":"service_account"}'],
  ["gcp:accessToken", "ya29.a"],
  ["cloudflare:apiToken", "token"],
  ["cloudflare:apiKey", "key"],
])(
  "%s is encrypted, or named with the command that does it, without a word of it",
  (key, value) => {
    const values = { "snikket:domain": "chat.example.org", [key]: value };
    expect(plainSecrets(values, encrypted(key))).toEqual([]);
    expect(plainSecrets(values, encrypted())).toEqual([
      `${key} ${words}. Encrypt it: npx pulumi config set --secret ${key}`,
    ]);
  },
);

test("a private key for SSH is set from its file", () => {
  expect(plainSecrets({ "snikket:sshPrivateKey": "key" }, encrypted())).toEqual([
    expect.stringMatching(/Encrypt it: .* --secret snikket:sshPrivateKey < ~\/\.ssh\/snikket /),
  ]);
});

test.each(["/home/anna/key.json", "~/key.json", "./key.json"])(
  "a path, as %s, is no secret",
  (path) => expect(plainSecrets({ "gcp:credentials": path }, encrypted())).toEqual([]),
);
