import { execFileSync } from "node:child_process";
import { cache, sandboxName } from "../../sandbox/settings";
import type { Figure } from "./figure";
import { pulumi } from "./measure";
import { memoryOf } from "./tree";

const lines = (program: string, ...args: string[]): string[] =>
  execFileSync(program, args, { encoding: "utf8" }).split("\n").filter(Boolean);

/** What the running sandbox holds of this computer. */
export function sandboxCost(): Figure[] {
  const [kept = ""] = lines("du", "--summarize", "--block-size", "1M", cache());
  return [
    { what: "sandbox, memory of its containers", unit: "MB", ...memoryOfContainers() },
    {
      what: "sandbox, caches on disk beside Docker's images",
      value: parseInt(kept, 10),
      unit: "MB",
    },
  ];
}

/** Not as `docker stats` has it, which counts cached files, too, and is not told everywhere. */
function memoryOfContainers(): Pick<Figure, "value" | "note"> {
  if (process.getuid?.() !== 0) return { value: undefined, note: "only root may look" };
  const ours = `label=snikket-sandbox.name=${sandboxName}`;
  const containers = lines("docker", "ps", "--quiet", "--filter", ours);
  const first = lines("docker", "inspect", "--format", "{{.State.Pid}}", ...containers);
  const value = memoryOf(first.map(Number));
  return { value, note: "of all programs in them, and in the machine's own containers" };
}

/** The exported state of the sandbox's stack. */
export const stateSize = (what: string): Figure => ({
  what,
  value: Buffer.byteLength(pulumi(["stack", "export"])) / 1e6,
  unit: "MB",
});
