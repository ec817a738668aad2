import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { fakeProgram } from "../../support/programs";

const root = path.join(__dirname, "../../..");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "up-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the verb with an engine that notes how it was called, and ends with this code. */
function up(code: number, ...args: string[]) {
  fakeProgram(folder, "npx", `echo "$@" >>${folder}/calls\necho engine\nexit ${code}`);
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const verb = ["--require", "tsx/cjs", "operations/up.ts", ...args];
  return spawnSync(process.execPath, verb, { cwd: root, env, encoding: "utf8" });
}

const calls = () => readFileSync(path.join(folder, "calls"), "utf8").trim();

test("is pulumi up, which asks before it does anything", () => {
  const { status, stdout } = up(0, "--stack", "home");
  expect([status, stdout, calls()]).toEqual([0, "engine\n", "pulumi up --stack home"]);
});

test("confirms by itself where it is to wait for room", () => {
  expect(up(0, "--wait-for-capacity", "6h").status).toBe(0);
  expect(calls()).toBe("pulumi up --yes --skip-preview");
});

test("fails where the engine does, whatever its code", () => {
  expect(up(255, "--wait-for-capacity", "90m").status).toBe(1);
});

test.each(["6", "0h", "6 hours", "-1h", ""])("refuses to wait for %j, with the usage", (time) => {
  const { status, stderr } = up(0, `--wait-for-capacity=${time}`);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^usage: npm run up/);
});
