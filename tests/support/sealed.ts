import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { sealFunctions, sealKey } from "../../components/remote/sealed";
import { exampleReports } from "./example-stack";

/** Text as a machine seals it. */
export function sealed(text: string, key: string): string {
  const FILES = mkdtempSync(path.join(tmpdir(), "seal-"));
  try {
    writeFileSync(path.join(FILES, "seal.key"), key);
    const options = { input: text, env: { ...process.env, FILES }, encoding: "utf8" } as const;
    return execFileSync("bash", ["-c", `set -euo pipefail; . '${sealFunctions}'; seal`], options);
  } finally {
    rmSync(FILES, { recursive: true });
  }
}

/** What the remote steps of this stack print when all goes well. */
export const examplePrinted = (config: { sshPrivateKey: string }): Record<string, string> => ({
  ...exampleReports,
  "snikket-deploy": sealed(
    exampleReports["snikket-deploy"],
    sealKey({ privateKey: config.sshPrivateKey }),
  ),
});
