import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

const root = path.join(__dirname, "../../..");
const link = "https://chat.example.org/invite/KTC4JJnFijk60tnEfqJqzIJl/";
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "invite-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the verb; the engine prints this, and notes how it was called. */
function invite(printed: string, ...args: string[]) {
  const npx = path.join(folder, "npx");
  writeFileSync(npx, `#!/bin/sh\necho "$@" >>${folder}/calls\nprintf '%s\\n' '${printed}'\n`);
  chmodSync(npx, 0o755);
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
  const verb = ["--import", "tsx", "operations/invite.ts", ...args];
  return spawnSync(process.execPath, verb, { cwd: root, env, encoding: "utf8" });
}

test("shows the link, as a code for the phone's camera too", () => {
  const { status, stdout } = invite(link);
  expect(stdout).toContain(`\n${link}\n`);
  expect(stdout).toMatch(/^(.*[█▄▀]{2}.*\n){10}/m);
  expect(stdout).toContain("Install the Snikket app on the phone first");
  expect(status).toBe(0);
});

test("gives it to programs as JSON", () => {
  expect(JSON.parse(invite(link, "--json").stdout)).toEqual({ invitation: link });
});

test("fails where there is none any more, in the stack's own words", () => {
  const { status, stdout, stderr } = invite("The first invitation was used.");
  expect([status, stdout, stderr]).toEqual([1, "", "The first invitation was used.\n"]);
});

test("fails on an unknown option, with the usage", () => {
  const { status, stderr } = invite(link, "--stak", "home");
  expect(status).toBe(2);
  expect(stderr).toMatch(/^usage: npm run invite/);
});
