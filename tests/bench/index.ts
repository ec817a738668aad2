import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { cpus, release, tmpdir, totalmem } from "node:os";
import * as path from "node:path";
import { type Figure, row } from "./figure";
import { firstUp } from "./first-up";
import { inTurn, node, pulumi, root, sandbox, seconds } from "./measure";

async function programLoad(): Promise<Figure> {
  const load = () => node(path.join(__dirname, "load.js"));
  const sdk = () => node("-e", 'require("@pulumi/pulumi")');
  const [ours, alone] = await inTurn(load, sdk, 5);
  return { what: "program load over the SDK alone", value: ours - alone, unit: "s", budget: 0.3 };
}

/** The sandbox must be up to date, so that ours is the `up` that changes nothing. */
async function idleUp(): Promise<Figure> {
  const folder = mkdtempSync(path.join(tmpdir(), "empty-"));
  writeFileSync(path.join(folder, "Pulumi.yaml"), "name: empty\nruntime: nodejs\n");
  writeFileSync(path.join(folder, "package.json"), '{"main":"index.js"}');
  writeFileSync(path.join(folder, "index.js"), 'require("@pulumi/pulumi");');
  writeFileSync(path.join(folder, "Pulumi.bench.yaml"), "{}\n");
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  const up = ["up", "--yes", "--skip-preview"];
  pulumi(["stack", "init", "bench"], folder);
  try {
    const [ours, empty] = await inTurn(
      () => pulumi(up),
      () => pulumi([...up, "--stack", "bench"], folder),
      3,
    );
    return {
      what: "up with no change, over an empty program's",
      value: ours - empty,
      unit: "s",
      budget: 0.5,
    };
  } finally {
    pulumi(["stack", "rm", "--yes", "--force", "bench"], folder);
    rmSync(folder, { recursive: true });
  }
}

async function sandboxIdle(): Promise<Figure> {
  const idle = await seconds(() => sandbox());
  return { what: "sandbox, nothing to do", value: idle, unit: "s", budget: 10 };
}

async function sandboxWarm(): Promise<Figure> {
  sandbox("down");
  const warm = await seconds(() => sandbox());
  return { what: "sandbox, warm", value: warm, unit: "s", budget: 60 };
}

async function main(): Promise<void> {
  const figures: Figure[] = [];
  const take = (...more: Figure[]) => {
    figures.push(...more);
    console.log(more.map(row).join("\n"));
  };
  console.log(
    `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, ${release()}`,
  );
  take(await sandboxWarm());
  take(await sandboxIdle());
  take(await programLoad());
  take(await idleUp());
  take(...(await firstUp()));
  if (process.argv.includes("--json")) console.log(JSON.stringify(figures, undefined, 2));
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
