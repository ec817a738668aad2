import { execFileSync } from "node:child_process";
import { cache, sandboxName } from "../../sandbox/settings";
import type { Figure } from "./figure";
import { pulumi } from "./measure";

const lines = (program: string, ...args: string[]): string[] =>
  execFileSync(program, args, { encoding: "utf8" }).split("\n").filter(Boolean);

const units: Record<string, number> = { KiB: 2 ** -10, MiB: 1, GiB: 2 ** 10 };

/** What the running sandbox holds of this computer. */
export function sandboxCost(): Figure[] {
  const ours = `label=snikket-sandbox.name=${sandboxName}`;
  const containers = lines("docker", "ps", "--quiet", "--filter", ours);
  const used = ["stats", "--no-stream", "--format", "{{.MemUsage}}"];
  const memory = lines("docker", ...used, ...containers).reduce((sum, line) => {
    const [, value, unit = ""] = /^([\d.]+)(\w+)/.exec(line) ?? [];
    return sum + Number(value) * (units[unit] ?? 0);
  }, 0);
  const [kept = ""] = lines("du", "--summarize", "--block-size", "1M", cache());
  const told: Pick<Figure, "value" | "note"> =
    memory > 0 ? { value: memory } : { value: undefined, note: "Docker does not tell it here" };
  return [
    { what: "sandbox, memory of its containers", unit: "MB", ...told },
    {
      what: "sandbox, caches on disk beside Docker's images",
      value: parseInt(kept, 10),
      unit: "MB",
    },
  ];
}

/** The exported state of the sandbox's stack. */
export const stateSize = (what: string): Figure => ({
  what,
  value: Buffer.byteLength(pulumi(["stack", "export"])) / 1e6,
  unit: "MB",
});
