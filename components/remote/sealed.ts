import { createDecipheriv, createHmac, pbkdf2Sync } from "node:crypto";
import * as path from "node:path";
import type { Connection } from "../host/host";

/** For scripts whose result is secret: `seal`, which reads the file `seal.key`. */
export const sealFunctions = path.join(__dirname, "seal.sh");

/** The key of sealed results: nobody has it who has not the private key, and it tells nothing of that. 64 hex digits. */
export const sealKey = ({ privateKey }: Pick<Connection, "privateKey">): string =>
  createHmac("sha256", privateKey).update("result of a step").digest("hex");

/**
 * What `seal` was given, or nothing where this key does not open it.
 * Format: base64 of `Salted__`, 8 bytes of salt, AES-256-CBC. Source: openssl-enc(1).
 */
export function unseal(sealed: string, key: string): string | undefined {
  const bytes = Buffer.from(sealed, "base64");
  const secret = pbkdf2Sync(key, bytes.subarray(8, 16), 10_000, 48, "sha256");
  const decipher = createDecipheriv("aes-256-cbc", secret.subarray(0, 32), secret.subarray(32));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString("utf8");
  } catch {
    return undefined;
  }
}
