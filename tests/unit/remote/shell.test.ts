import { execFileSync, spawnSync } from "node:child_process";
import fc from "fast-check";
import { compose } from "../../../components/remote/run-script";
import { exportVariable, quote, stageFile } from "../../../components/remote/shell";
import { anyCharacter } from "../../support/any-character";

/** Runs a script as a machine does: from standard input. */
const bash = (script: string, env: Record<string, string> = {}) =>
  execFileSync("bash", ["-s"], { input: script, env: { ...process.env, ...env } }).toString();

// NUL cannot be in a variable, and lone surrogates have no UTF-8.
const text = (options: fc.StringConstraints = {}) =>
  fc
    .oneof(
      fc.string({ unit: anyCharacter, ...options }),
      fc.string({
        unit: fc.constantFrom("'", '"', "\\", "$", "`", "\n", "!", "*", " ", "#", "é"),
        ...options,
      }),
    )
    .filter((value) => !value.includes("\0"));

const several = fc.array(text(), { minLength: 1, maxLength: 40 });

test("bash reads every quoted value back unchanged", () => {
  fc.assert(
    fc.property(several, (values) => {
      const script = values.map((value) => `printf '%s\\0' ${quote(value)}\n`).join("");
      expect(bash(script).split("\0").slice(0, -1)).toEqual(values);
    }),
    { numRuns: 20 },
  );
});

test("an exported variable reaches the programs of the script unchanged", () => {
  fc.assert(
    fc.property(several, (values) => {
      const script = values.map((value) => `${exportVariable("VALUE", value)}printenv -0 VALUE\n`);
      expect(bash(script.join("")).split("\0").slice(0, -1)).toEqual(values);
    }),
    { numRuns: 10 },
  );
});

test("a staged file has exactly its content, and nobody else may read it", () => {
  fc.assert(
    fc.property(text(), text({ minLength: 1 }), (content, more) => {
      const script = `FILES=$(mktemp -d); umask 077\n${stageFile("it's a.file", content + more)}
cat "$FILES/it's a.file"; printf '\\0'; stat -c %a "$FILES/it's a.file"; rm -r "$FILES"\n`;
      expect(bash(script)).toBe(`${content}${more}\u00000600\n`.replace("0600", "600"));
    }),
    { numRuns: 20 },
  );
});

test.each([
  ["64 KB in one line", "x'".repeat(32_768)],
  ["64 KB in many lines", "a line with 'quotes' and $(id)\n".repeat(2_200)],
  ["line breaks alone", "\n\n\n"],
  ["nothing", ""],
])("carries %s unchanged", (_, content) => {
  const script = `FILES=$(mktemp -d)\n${stageFile("f", content)}cat "$FILES/f"; rm -r "$FILES"\n`;
  expect(bash(script)).toBe(content);
});

describe("compose", () => {
  const run = (body: string, env = {}, files = {}) => {
    const { stdout, stderr, status } = spawnSync("bash", ["-s"], {
      input: compose(body, env, files),
      encoding: "utf8",
    });
    return { stdout, stderr, status };
  };

  test("hands variables and files to the script, and only descriptor 3 to its result", () => {
    const body = `echo progress\necho complaint >&2\nprintf '%s|' "$A" >&3\ncat "$FILES/conf" >&3\n`;
    expect(run(body, { A: "it's" }, { conf: "line 1\n$HOME\n" })).toEqual({
      stdout: "it's|line 1\n$HOME\n",
      stderr: "progress\ncomplaint\n",
      status: 0,
    });
  });

  test("leaves no file behind, whether it goes well or not", () => {
    for (const end of ["true", "exit 3", "false"]) {
      const { stdout } = run(`echo "$FILES" >&3\n${end}\n`, {}, { secret: "hunter2" });
      expect(stdout.trim()).toMatch(/^\/\S+/);
      expect(spawnSync("test", ["-e", stdout.trim()]).status).toBe(1);
    }
  });

  test("shows no secret when a step fails", () => {
    const { stderr, status } = run(`fail "It went wrong." "Do that."\n`, {}, { key: "hunter2" });
    expect({ stderr, status }).toEqual({
      stderr: "ERROR: It went wrong.\n       Do that.\n",
      status: 1,
    });
  });

  test("does nothing where only a part of it has arrived", () => {
    const whole = compose('echo "$FILES" >&3\n', { A: "1" }, { conf: "line" });
    for (let length = 1; length < whole.length - 2; length += 97) {
      const { stdout, status } = spawnSync("bash", ["-s"], {
        input: whole.slice(0, length),
        encoding: "utf8",
      });
      expect({ stdout, isDone: status === 0 }).toEqual({ stdout: "", isDone: false });
    }
  });

  test("stops at the first command that fails, and at an unset variable", () => {
    expect(run("false\necho on >&3\n")).toMatchObject({ stdout: "", status: 1 });
    expect(run('echo "$NOT_SET" >&3\n')).toMatchObject({ stdout: "", status: 1 });
  });
});
