import { utils } from "ssh2";
import { parse } from "yaml";
import { planStackFile } from "../../../operations/plan/stack-file";

const existing = `
# A server at home.
config:
  snikket:domain: chat.example.org
  snikket:host: { provider: existing, address: 198.51.100.7 }
`;
const salt = "v1:temporary";
const config = (text: string) => parse(planStackFile(text, salt)).config;

test("an example without its secret gets a key that nobody keeps", () => {
  const [one, other] = [config(existing), config(existing)].map(
    (made) => made["snikket:sshPrivateKey"],
  );
  const key = utils.parseKey(one);
  expect(key instanceof Error ? key.message : key.isPrivateKey()).toBe(true);
  expect(one).not.toBe(other);
});

test("a machine from a cloud gets none", () => {
  expect(config(existing.replace("existing", "oracle"))).not.toHaveProperty([
    "snikket:sshPrivateKey",
  ]);
});

test("what is encrypted becomes a placeholder wherever it stands, and the rest stays", () => {
  const made = config(`${existing}
  snikket:sshPrivateKey: { secure: v1:abc }
  cloudflare:apiToken:
    secure: v1:def
  snikket:extraSettings: { A: { secure: v1:ghi }, B: [{ secure: v1:jkl }, open] }
`);
  expect(made).toMatchObject({
    "snikket:domain": "chat.example.org",
    "cloudflare:apiToken": "placeholder",
    "snikket:extraSettings": { A: "placeholder", B: ["placeholder", "open"] },
  });
  expect(made["snikket:sshPrivateKey"]).toMatch(/^-----BEGIN OPENSSH PRIVATE KEY-----\n/);
  expect(JSON.stringify(made)).not.toContain("v1:");
});

test("the stack's own keys give way to the temporary ones", () => {
  const text = `secretsprovider: gcpkms://projects/p\nencryptedkey: abc\nencryptionsalt: v1:own\n${existing}`;
  const made = parse(planStackFile(text, salt));
  expect(Object.keys(made).sort()).toEqual(["config", "encryptionsalt"]);
  expect(made.encryptionsalt).toBe(salt);
});

test("numbers stay as they are written", () => {
  expect(planStackFile(`${existing}  snikket:release: 24.10\n`, salt)).toContain(
    "snikket:release: 24.10\n",
  );
});

test.each([
  ["config: [", "is not YAML: "],
  ["", "is not a stack file: it has no config"],
  ["config: nothing", "is not a stack file: it has no config"],
])("refuses %j", (text, message) => {
  expect(() => planStackFile(text, salt)).toThrow(message);
});
