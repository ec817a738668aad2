import { existsSync } from "node:fs";
import { utils } from "ssh2";

/** Secret keys: they are never part of the parsed configuration. */
export const secretKeys = ["sshPrivateKey"] as const;

/** From a file, Pulumi asks for no passphrase. */
const set =
  "npx pulumi config set --secret snikket:sshPrivateKey < ~/.ssh/snikket (before it, once: read -rs PULUMI_CONFIG_PASSPHRASE; export PULUMI_CONFIG_PASSPHRASE)";

/** What is wrong with the secret keys, one line each, without a word of their content. */
export function secretProblems(
  { sshPrivateKey }: { sshPrivateKey: string | undefined },
  host: unknown,
): string[] {
  const problem = problemBeside(
    (host as { provider?: string } | undefined)?.provider,
    sshPrivateKey,
  );
  return problem ? [`snikket:sshPrivateKey ${problem}`] : [];
}

function problemBeside(provider: string | undefined, value: string | undefined) {
  // Whether one is needed is known where the kind of machine is.
  if (value === undefined)
    return provider === "existing" ? `is missing; set it with: ${set}` : undefined;
  return ["oracle", "google"].includes(provider ?? "")
    ? "belongs to provider: existing; machines from a cloud get a key of their own"
    : privateKeyProblem(value);
}

function privateKeyProblem(value: string): string | undefined {
  if (value.startsWith("PuTTY-"))
    return `is in PuTTY's format; convert it first: puttygen KEY.ppk -O private-openssh -o ~/.ssh/snikket, then: ${set}`;
  const key = utils.parseKey(value);
  if (!(key instanceof Error)) {
    return key.isPrivateKey() ? undefined : `is a public key; the private one is needed: ${set}`;
  }
  if (/encrypted|passphrase/i.test(key.message)) {
    return `is protected by a passphrase; make a key of its own for this: ssh-keygen -t ed25519 -N '' -f ~/.ssh/snikket, let the machine know it: ssh-copy-id -i ~/.ssh/snikket.pub USER@ADDRESS, then: ${set}`;
  }
  return `cannot be read as an SSH private key; set the whole file: ${set}`;
}

/** What lets in somewhere. Source: the providers' installation pages at pulumi.com/registry. */
const letIn = [
  "snikket:sshPrivateKey",
  ...["oci:privateKey", "oci:privateKeyPassword", "gcp:credentials", "gcp:accessToken"],
  ...["cloudflare:apiToken", "cloudflare:apiKey"],
];

/** Which of them stand in the stack's file for everybody to read. A path, which some may be as well, tells nothing. */
export const plainSecrets = (
  values: Record<string, string>,
  isEncrypted: (key: string) => boolean,
): string[] =>
  letIn
    .filter((key) => values[key] && !isEncrypted(key) && !/^[~./]/.test(values[key]))
    .map((key) => {
      const remedy = key.startsWith("snikket:") ? set : `npx pulumi config set --secret ${key}`;
      return `${key} stands in plain text in the stack's file; if others may have read it there, make a new one. Encrypt it: ${remedy}`;
    });

/**
 * Whether an SSH agent is named that is there no more, as after a terminal was taken up again: the provider fails on
 * it, whatever key it has.
 * @param socket where the agent should be
 */
export const agentProblems = (socket = process.env.SSH_AUTH_SOCK): string[] =>
  socket && !existsSync(socket)
    ? [`the variable SSH_AUTH_SOCK names an SSH agent that is gone; first: unset SSH_AUTH_SOCK`]
    : [];
