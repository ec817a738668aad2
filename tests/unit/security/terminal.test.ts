import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { compose } from "../../../components/remote/run-script";

/** What others may write into a log, an answer or a file name. */
const hostile = "gone\u001b]0;owned\u0007\u001b[2J\u009b2J\r\nok       turn\u007f\u0085é🥧";
const cleaned = /^gone ]0;owned {2}\[2J 2J {1,3}ok {7}turn {2}é🥧$/;

const folder = mkdtempSync(path.join(tmpdir(), "terminal-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a script says while it works. */
function said(body: string): string[] {
  const { stderr } = spawnSync("bash", ["-s"], {
    input: compose(`${body}\n`, { HOSTILE: hostile }, { hostile }),
    encoding: "utf8",
    // A run removes what others left, and these are not alone here.
    env: { ...process.env, TMPDIR: folder, LOCK_FILE: path.join(folder, "lock") },
  });
  return stderr.trimEnd().split("\n");
}

test("a step repeats what others wrote in one line, without what steers a terminal", () => {
  const [line = "", ...more] = said('step "$HOSTILE"');
  expect(line).toMatch(cleaned);
  expect(more).toEqual([]);
});

test("so does the end of a run: what happened and what to do are a line each", () => {
  const [what = "", ...advice] = said('fail "$HOSTILE" "$HOSTILE" "$HOSTILE"');
  expect(what.replace("ERROR: ", "")).toMatch(cleaned);
  expect(advice).toHaveLength(2);
  for (const line of advice) expect(line.trim()).toMatch(cleaned);
});

test("the last lines of a command that failed are shown without it", () => {
  const lines = said(`quietly "Working" bash -c 'cat "$FILES/hostile"; exit 1'`);
  expect(lines[0]).toBe("Working");
  expect(lines.slice(1, 3).join("")).toMatch(/^gone ]0;owned {2}\[2J 2J ok {7}turn {2}é🥧$/);
  expect(lines.join("")).not.toMatch(/\p{Cc}/u);
});

test("what apt and certbot write is shown without it, too", () => {
  const read = (file: string) =>
    readFileSync(path.join(__dirname, "../../../components", file), "utf8");
  const functions = [read("remote/apt.sh"), read("snikket/certificate.sh")].join("\n");
  const stubs = `
SNIKKET_DOMAIN=chat.example.org ACME_DIRECTORY=https://ca.example.org
apt-get() { printf 'E: %s\\n' "$HOSTILE"; }
${functions}
apt-get() { printf 'E: %s\\n' "$HOSTILE"; }
timeout() { shift 2; "$@"; }
wait_until() { shift 2; [[ $1 == lists_are_read ]] && "$@"; }
docker() { case $* in *inspect*) date ;; *) printf '%s\\n' "$HOSTILE" ;; esac; }
touch "$FILES/started"
read_lists
wait_for_certificate`;
  const lines = said(stubs);
  expect(lines.filter((line) => line.startsWith("E: gone"))).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith("gone"))).toHaveLength(1);
  expect(lines.at(-2)).toContain("No certificate for chat.example.org");
  expect(lines.join("")).not.toMatch(/\p{Cc}/u);
});
