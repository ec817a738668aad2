import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { Figure } from "./figure";
import { inTurn, pulumi, root } from "./measure";

const up = ["up", "--yes", "--skip-preview"];

/** The sandbox must be up to date, so that ours is the `up` that changes nothing. */
export async function idleUp(): Promise<Figure[]> {
  const empty = program("empty", 'require("@pulumi/pulumi");');
  const single = program(
    "single",
    'new (require("@pulumi/command").local.Command)("one", { create: "true" });',
  );
  try {
    const ours = await inTurn(() => pulumi(up), empty.up, 3);
    const one = await inTurn(single.up, empty.up, 3);
    return [
      {
        what: "up with no change, over an empty program's",
        value: ours[0] - ours[1],
        unit: "s",
        budget: 0.5,
        note: "of this CPU half is the program: its load, a look at the machine, and seven steps of which each waits for the one before; a quarter the plugin, which starts twice, for the refresh and for the update; the rest the engine. The next line is what any program with a plugin costs",
      },
      { what: "the same of a program with one Command", value: one[0] - one[1], unit: "s" },
    ];
  } finally {
    empty.remove();
    single.remove();
  }
}

/** A program of its own, deployed, in the sandbox's engine and with the same options as ours. */
function program(name: string, code: string) {
  const folder = mkdtempSync(path.join(tmpdir(), `${name}-`));
  const project = `name: ${name}\nruntime: nodejs\noptions:\n  refresh: always\n`;
  writeFileSync(path.join(folder, "Pulumi.yaml"), project);
  writeFileSync(path.join(folder, "package.json"), '{"main":"index.js"}');
  writeFileSync(path.join(folder, "index.js"), code);
  writeFileSync(path.join(folder, "Pulumi.bench.yaml"), "{}\n");
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  pulumi(["stack", "init", "bench"], folder);
  const deploy = () => pulumi([...up, "--stack", "bench"], folder);
  deploy();
  const remove = () => {
    pulumi(["stack", "rm", "--yes", "--force", "bench"], folder);
    rmSync(folder, { recursive: true });
  };
  return { up: deploy, remove };
}
