import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";

const root = path.join(__dirname, "../../..");

function plan(...args: string[]) {
  const verb = ["--require", "tsx/cjs", "operations/plan.ts", ...args];
  return spawnSync(process.execPath, verb, { cwd: root, encoding: "utf8" });
}

test.each([
  [["--fail-on", "delete,nonsense"], /--fail-on takes replace, .*, and not "nonsense"/],
  [["--fail-on", ""], /--fail-on takes replace, .*, and not ""/],
  [["--stak", "home"], /Unknown option '--stak'.*/],
  [["one.yaml", "two.yaml"], /One stack at a time, and not two.yaml as well/],
])("says last what is wrong with %j", (args, reason) => {
  const { status, stdout, stderr } = plan(...args);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/^usage: npm run plan/);
  expect(stderr).toMatch(new RegExp(`\n\n${reason.source}\n$`));
});

test("asks for JSON in words that keep npm's own lines out of it, wherever it does", () => {
  const page = readFileSync(path.join(root, "docs/plan.md"), "utf8");
  for (const text of [plan("--help").stderr, page])
    expect(text).toMatch(/npm run -s plan -- \S.* --json/);
});
