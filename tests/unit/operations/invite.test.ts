import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { fakeProgram } from "../../support/programs";

const root = path.join(__dirname, "../../..");
const link = "https://chat.example.org/invite/KTC4JJnFijk60tnEfqJqzIJl/";
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "invite-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Puts this in the engine's place; gives the PATH that leads to it. */
function engine(script: string): { PATH: string } {
  fakeProgram(folder, "npx", script);
  return { PATH: `${folder}:${process.env.PATH}` };
}

/** Runs the verb; the engine prints this, and notes how it was called. */
function invite(printed: string, ...args: string[]) {
  const path = engine(`echo "$@" >>${folder}/calls\nprintf '%s\\n' '${printed}'`);
  const env = { ...process.env, ...path };
  const verb = ["--require", "tsx/cjs", "operations/invite.ts", ...args];
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

test("ends with 3 where there is no engine to ask", () => {
  const env = { ...process.env, ...engine("echo 'pulumi: fetch failed' >&2; exit 1") };
  const verb = ["--require", "tsx/cjs", "operations/invite.ts"];
  const { status, stderr } = spawnSync(process.execPath, verb, {
    cwd: root,
    env,
    encoding: "utf8",
  });
  const words = "Without the engine nobody can look for an invitation.";
  expect([status, stderr]).toEqual([3, `pulumi: fetch failed\n${words}\n`]);
});

test("fails on an unknown option, with the usage", () => {
  const { status, stderr } = invite(link, "--stak", "home");
  expect(status).toBe(2);
  expect(stderr).toMatch(/^usage: npm run invite/);
});

test("asks for the passphrase, unseen, where Pulumi could not", async () => {
  const { PULUMI_CONFIG_PASSPHRASE: _, ...others } = process.env;
  const asking = `[ "$PULUMI_CONFIG_PASSPHRASE" = "correct horse" ] && echo ${link} && exit
echo "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE" >&2; exit 255`;
  const env = { ...others, ...engine(asking) };
  // A terminal of its own.
  const verb = `${process.execPath} --require tsx/cjs operations/invite.ts --json`;
  const child = spawn("script", ["--quiet", "--return", "--command", verb, "/dev/null"], {
    cwd: root,
    env,
  });
  let shown = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (!shown.includes("passphrase:") && `${shown}${text}`.includes("passphrase:"))
      child.stdin.write("correct horse\r");
    shown += text;
  });
  const [code] = await once(child, "close");
  expect(shown).toContain(JSON.stringify({ invitation: link }));
  expect(shown).not.toContain("horse");
  expect(code).toBe(0);
});
