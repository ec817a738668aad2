import type { ParsedKey } from "ssh2";

/** An ed25519 key pair in OpenSSH's formats. */
export interface KeyPair {
  private: string;
  public: string;
}

/** A new ed25519 key pair. */
export function newKey(comment = ""): KeyPair {
  for (;;) {
    const pair = ssh().generateKeyPairSync("ed25519", { comment });
    // One pair in some hundreds comes out malformed.
    if (ssh().parseKey(pair.private) instanceof Error) continue;
    return { private: pair.private, public: pair.public };
  }
}

/** The halves of a key of ours in other formats. */
export const parsedKey = (pair: KeyPair): ParsedKey => ssh().parseKey(pair.private) as ParsedKey;

/** Loaded only where there is a key: it would take a third of a plugin's start. */
const ssh = () => (require("ssh2") as typeof import("ssh2")).utils;
