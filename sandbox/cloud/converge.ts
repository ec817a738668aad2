import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { inHome } from "../settings";
import { ensureMachines, writeMetadata } from "./machines";
import { route } from "./router";
import { ensureVolumes } from "./volumes";
import type { World } from "./world";

let round: Promise<void> = Promise.resolve();
let next: Promise<void> | undefined;

/** Makes the world so. Whoever asks while a round is under way waits for the next one, all for the same. */
export function converge(world: () => World): Promise<void> {
  next ??= round
    .catch(() => undefined) // told to those who waited for it
    .then(() => {
      next = undefined;
      round = locked(() => make(world()));
      return round;
    });
  return next;
}

async function make(world: World): Promise<void> {
  await route(world);
  writeMetadata(world.machines);
  await ensureMachines(world.machines, await ensureVolumes(world.volumes));
}

/** Each explicit provider is a process of its own; they take turns. */
async function locked(work: () => Promise<void>): Promise<void> {
  const file = inHome("cloud", "lock");
  while (!takes(file)) await sleep(100);
  try {
    await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function takes(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    if (!isAlive(file)) rmSync(file, { force: true });
    return false;
  }
}

function isAlive(file: string): boolean {
  try {
    return process.kill(Number(readFileSync(file, "utf8")) || process.pid, 0);
  } catch {
    return false;
  }
}
