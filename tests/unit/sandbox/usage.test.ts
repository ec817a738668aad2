import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

const checkout = path.join(__dirname, "../../..");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "usage-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs it for a checkout that is empty, so that nothing is done to this one. */
function sandbox(...args: string[]) {
  const env = { ...process.env, PATH: folder, SNIKKET_SANDBOX_CHECKOUT: folder };
  const program = ["--import", "tsx", "sandbox/index.ts", ...args];
  return spawnSync(process.execPath, program, { cwd: checkout, env, encoding: "utf8" });
}

test.each([[["--help"]], [["-h"]], [["down", "--help"]]])(
  "%j shows how it is used, and does nothing",
  (args) => {
    const { status, stdout, stderr } = sandbox(...args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^npm run sandbox -- \[up\] \[--no-install\] {3}start it/);
    expect(readdirSync(folder)).toEqual([]);
  },
);

test("what it does not know is refused, and nothing is done", () => {
  const { status, stdout, stderr } = sandbox("--clowd", "oracle");
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toMatch(/Unknown option '--clowd'[\s\S]*\nnpm run sandbox -- status/);
  expect(readdirSync(folder)).toEqual([]);
});
