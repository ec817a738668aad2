import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

export interface SshKey {
  privateKey: string;
  /** One line, `ssh-ed25519 AAAA…`, without a comment. */
  publicKey: string;
}

interface SshKeyOptions {
  type?: "ed25519" | "rsa" | "ecdsa";
  passphrase?: string;
  /** @default OpenSSH's own */
  format?: "PEM";
}

/** Makes a key pair with ssh-keygen, as a person would. */
export function sshKey({ type = "ed25519", passphrase = "", format }: SshKeyOptions = {}): SshKey {
  const folder = mkdtempSync(path.join(tmpdir(), "ssh-key-"));
  try {
    const file = path.join(folder, "key");
    const args = ["-q", "-t", type, "-N", passphrase, "-C", "", "-f", file];
    execFileSync("ssh-keygen", format ? [...args, "-m", format] : args);
    const publicKey = readFileSync(`${file}.pub`, "utf8").trim();
    return { privateKey: readFileSync(file, "utf8"), publicKey };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
