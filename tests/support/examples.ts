import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parseConfig } from "../../infra/config";
import { sshKey } from "./ssh-keys";
import { engineValues, type StackFile } from "./stack-file";

/** Where the stack files are. */
export const stacks = path.join(__dirname, "../../stacks");

/** Names of the examples' files. */
export const examples = readdirSync(stacks).filter((name) => name.endsWith(".example.yaml"));

/** The text of one. */
export const readExample = (file: string): string => readFileSync(path.join(stacks, file), "utf8");

/** What the program makes of a stack. Only a machine that is there already needs a key, and gets one here. */
export function parsedWithKey(stack: StackFile): ReturnType<typeof parseConfig> {
  const values = engineValues(stack);
  const key = values.host?.includes("existing") ? { sshPrivateKey: sshKey().privateKey } : {};
  return parseConfig({ ...values, ...key });
}
