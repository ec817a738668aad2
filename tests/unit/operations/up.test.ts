import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { fakeProgram } from "../../support/programs";

const root = path.join(__dirname, "../../..");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "up-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const verb = (...args: string[]) => ["--require", "tsx/cjs", "operations/up.ts", ...args];

const environment = () => ({ ...process.env, PATH: `${folder}:${process.env.PATH}` });

/** Runs the verb with an engine that notes how it was called, and ends with this code. */
function up(code: number, ...args: string[]) {
  fakeProgram(folder, "npx", `echo "$@" >>${folder}/calls\necho engine\nexit ${code}`);
  const options = { cwd: root, env: environment(), encoding: "utf8" } as const;
  return spawnSync(process.execPath, verb(...args), options);
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

test.each(["SIGINT", "SIGTERM"] as const)(
  "lets the engine end by itself after %s, shows what it says, and makes no other attempt",
  async (signal) => {
    const engine = `echo "$@" >>${folder}/calls
ended() { echo told; sleep 0.5; echo saved; exit 1; }
trap ended INT TERM
echo 'Out of host capacity'
echo ready
while :; do sleep 0.1; done`;
    fakeProgram(folder, "npx", engine);
    const options = { cwd: root, env: environment(), detached: true };
    const child = spawn(process.execPath, verb("--wait-for-capacity", "6h"), options);
    const said = text(child.stdout);
    await once(child.stdout, "data");
    // As a terminal and npm send it.
    for (let i = 0; i < 2; i++) process.kill(-Number(child.pid), signal);
    const [code] = await once(child, "close");
    expect(await said).toBe("Out of host capacity\nready\ntold\nsaved\n");
    expect([code, calls()]).toEqual([1, "pulumi up --yes --skip-preview"]);
  },
);
