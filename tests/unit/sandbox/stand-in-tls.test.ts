import { createPrivateKey, createPublicKey } from "node:crypto";
import { utils } from "ssh2";
import type { Step } from "../../../sandbox/stand-ins/frame";
import type { Properties } from "../../../sandbox/stand-ins/model";
import effects from "../../../sandbox/stand-ins/tls/effects";

const { create } = effects["tls:index/privateKey:PrivateKey"];
const made = (inputs: Properties) => create({ inputs } as Step) as Promise<Record<string, string>>;

describe("tls.PrivateKey", () => {
  it("is one key in all formats", async () => {
    const key = await made({ algorithm: "ED25519" });
    const opened = utils.parseKey(key.privateKeyOpenssh ?? "");
    if (opened instanceof Error) throw opened;
    expect(key.publicKeyOpenssh).toBe(`ssh-ed25519 ${opened.getPublicSSH().toString("base64")}\n`);
    const [pem, pkcs8] = [key.privateKeyPem ?? "", key.privateKeyPemPkcs8];
    expect(pkcs8).toBe(pem);
    expect(pem.endsWith("-----END PRIVATE KEY-----\n")).toBe(true);
    expect(createPrivateKey(pem).asymmetricKeyType).toBe("ed25519");
    const raw = createPublicKey(pem).export({ type: "spki", format: "der" }).subarray(-32);
    expect(opened.getPublicSSH().subarray(-32)).toEqual(raw);
    expect(createPublicKey(key.publicKeyPem ?? "").equals(createPublicKey(pem))).toBe(true);
    expect(key.publicKeyFingerprintSha256).toMatch(/^SHA256:[\w+/]{43}$/);
    expect(key.publicKeyFingerprintMd5).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
  });

  it("is another each time", async () => {
    const keys = await Promise.all([1, 2].map(() => made({ algorithm: "ED25519" })));
    expect(keys[0]?.publicKeyOpenssh).not.toBe(keys[1]?.publicKeyOpenssh);
  });

  it("fails for another algorithm", async () => {
    await expect(made({ algorithm: "RSA" })).rejects.toThrow("only keys of ED25519, not of RSA");
  });
});
