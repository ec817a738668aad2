import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { inHome } from "../../sandbox/settings";
import { texts } from "../../sandbox/stand-ins/kept";
import { machine, onMachine } from "./e2e";
import { deployed, inState, isSecret, plain, runOn, steps } from "./e2e-steps";

/** Whatever nobody may see, by what it is; private keys line by line, for a line can be anywhere. */
export async function secrets(name = machine): Promise<Record<string, string>> {
  const kept = await onMachine("cat /var/lib/snikket/secrets.conf", { name });
  const value = (key: string) => new RegExp(`^${key}=(.+)$`, "m").exec(kept)?.[1] ?? "";
  const { invitation, turn } = deployed(await steps());
  const token = invitation.split("/").filter(Boolean).at(-1);
  return {
    ...(name === machine ? givenKey() : await keysInState()),
    "portal secret": value("SNIKKET_WEB_SECRET_KEY"),
    "bootstrap secret": value("TWEAK_SNIKKET_BOOTSTRAP_SECRET"),
    "TURN secret": await onMachine("cat /var/lib/snikket/data/prosody/turn-auth-secret-v2", {
      name,
    }),
    "TURN credential": turn.credential,
    // It may be used up by now.
    ...(token && { "first invitation": token }),
  };
}

/** The key to a machine that was there already. */
function givenKey(): Record<string, string> {
  const key = readFileSync(inHome("keys", "id_ed25519"), "utf8").trim().split("\n");
  // Its first lines say the same of every key of this kind, and its last one is short.
  return Object.fromEntries(
    key.slice(3, -2).map((line, i) => [`private key, line ${i + 3}`, line]),
  );
}

/** The private keys that the stack itself made, line by line, and what it gave to the machine with one in it. */
export async function keysInState(): Promise<Record<string, string>> {
  const holders = (await inState()).filter(({ type }) => /PrivateKey$|:Instance$/.test(type));
  const lines = (holder: object) => secretTexts(holder).flatMap((text) => text.trim().split("\n"));
  return Object.fromEntries(
    holders.flatMap((holder) =>
      lines(holder)
        // Other lines say the same of every key, are short, or are a public one.
        .filter((line) => line.length > 40 && !/^-|^b3BlbnNzaC1rZXk|^ssh-/.test(line))
        .map((line, i) => [`${holder.urn.split("::").at(-1)}, ${i}`, line]),
    ),
  );
}

function secretTexts(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return isSecret(value) ? texts(plain(value)) : Object.values(value).flatMap(secretTexts);
}

/** Which of these a text contains, each with the line it is first in, itself blotted out. */
export function found(all: Record<string, string>, text: string): string[] {
  const lines = text.split("\n");
  return Object.entries(all).flatMap(([name, secret]) => {
    const line = lines.find((line) => line.includes(secret));
    return line ? [`${name}: ${line.replaceAll(secret, "***").slice(0, 300)}`] : [];
  });
}

/** The content of every file below a folder; links are not followed. */
export function contentOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const read = files.filter((file) => file.isFile());
  return read.map((file) => readFileSync(path.join(file.parentPath, file.name), "utf8")).join("\n");
}

/** Files on the machine that anybody may read and that contain one of these. */
export async function readableFilesWith(
  all: Record<string, string>,
  name = machine,
): Promise<string> {
  const patterns = Object.values(all).join("\n");
  const { code, output } = await runOn(
    name,
    `set -euo pipefail
umask 077
patterns=$(mktemp -p /root)
trap 'rm "$patterns"' EXIT
cat >"$patterns" <<'X'
${patterns}
X
cd /
setpriv --reuid nobody --regid nogroup --clear-groups \
  find /etc /var /home /root /tmp /run /opt /srv /usr/local -type f -readable -print0 2>/dev/null >/root/readable || [[ -s /root/readable ]]
grep -qz /etc/passwd /root/readable
xargs -0 --arg-file /root/readable grep -lF -f "$patterns" || (($? == 123))
rm /root/readable`,
  );
  return code === 0 ? output : `the search ended with ${code}: ${output}`;
}
