import { spawn } from "node:child_process";
import { once } from "node:events";
import { memoryOf } from "../../bench/tree";

const large =
  'globalThis.kept = Buffer.alloc(100 << 20, 1); console.log("filled"); setInterval(() => {}, 2 ** 30)';

/** A shell whose child holds 100 MB. */
async function parent() {
  const shell = spawn("sh", ["-c", '"$0" -e "$1" & wait', process.execPath, large], {
    detached: true,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(shell.stdout, "data");
  return shell.pid ?? 0;
}

test("counts the memory of each process with its children", async () => {
  const parents = await Promise.all([parent(), parent()]);
  try {
    for (const pid of parents) expect(memoryOf([pid])).toBeGreaterThan(100);
    expect(memoryOf(parents)).toBeGreaterThan(200);
  } finally {
    for (const pid of parents) process.kill(-pid);
  }
});

test("counts nothing where nothing runs any more", () => expect(memoryOf([2 ** 30])).toBe(0));
