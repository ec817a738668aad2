import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { planner } from "./plan-state";

/** Pulumi's packages that the program loads while an engine plans this stack file's text. */
export async function loadedSdks(text: string): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), "loaded-sdks-"));
  const LOADED_SDKS = path.join(folder, "sdks.json");
  const NODE_OPTIONS = `--require "${path.join(__dirname, "write-loaded-sdks.js")}"`;
  const { plan, end } = await planner("family", { LOADED_SDKS, NODE_OPTIONS });
  try {
    await plan(text);
    return JSON.parse(readFileSync(LOADED_SDKS, "utf8")).sort();
  } finally {
    end();
    rmSync(folder, { recursive: true });
  }
}
