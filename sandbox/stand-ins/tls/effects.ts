/** Really makes keys, in every format the SDK names. */
import { createHash, createPublicKey } from "node:crypto";
import { newKey, parsedKey } from "../../keys";
import type { Effects, Step } from "../frame";

async function create({ inputs: { algorithm } }: Step) {
  if (algorithm !== "ED25519")
    throw new Error(`the tls stand-in makes only keys of ED25519, not of ${algorithm}`);
  const pair = newKey();
  const key = parsedKey(pair);
  const privateKeyPem = `${key.getPrivatePEM()}\n`;
  const blob = key.getPublicSSH();
  const digest = (name: string, as: "hex" | "base64") => createHash(name).update(blob).digest(as);
  return {
    id: digest("sha1", "hex"),
    // Defaults of the other algorithms.
    ecdsaCurve: "P224",
    rsaBits: 2048,
    privateKeyOpenssh: pair.private,
    privateKeyPem,
    privateKeyPemPkcs8: privateKeyPem,
    publicKeyOpenssh: `ssh-ed25519 ${blob.toString("base64")}\n`,
    publicKeyPem: createPublicKey(privateKeyPem).export({ type: "spki", format: "pem" }),
    publicKeyFingerprintMd5: digest("md5", "hex").replace(/..(?!$)/g, "$&:"),
    publicKeyFingerprintSha256: `SHA256:${digest("sha256", "base64").replace(/=+$/, "")}`,
  };
}

const effects: Effects = { create, update: create, delete: async () => undefined };

export default { "tls:index/privateKey:PrivateKey": effects };
