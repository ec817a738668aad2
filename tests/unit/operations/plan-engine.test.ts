import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { fakeProgram } from "../../support/programs";

const root = path.join(__dirname, "../../..");
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "plan-engine-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A plan for programs, where the engine is first brought here like this. */
function plan(bring: string) {
  const stub = path.join(folder, "stub.js");
  writeFileSync(stub, `if (process.argv[1]?.endsWith("models.ts")) { ${bring} }`);
  fakeProgram(folder, "pulumi", `echo '{"steps":[]}'`);
  const NODE_OPTIONS = `--require ${stub}`;
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH}`, NODE_OPTIONS };
  const verb = ["--require", "tsx/cjs", "operations/plan.ts", "stacks/existing.example.yaml"];
  return spawn(process.execPath, [...verb, "--json"], { cwd: root, env });
}

test("says what is done for the engine while that is done, and nothing of it among the plan", async () => {
  const wait = path.join(folder, "wait");
  writeFileSync(wait, "");
  const child = plan(`console.error("building pulumi from source");
    while (require("node:fs").existsSync(${JSON.stringify(wait)}));
    console.log("{}"); process.exit(0);`);
  const plans = text(child.stdout);
  const [said] = await once(child.stderr, "data");
  expect(`${said}`).toBe("building pulumi from source\n");
  rmSync(wait);
  expect(await once(child, "close")).toEqual([0, null]);
  expect(JSON.parse(await plans)).toMatchObject({ resources: [] });
});

test("ends with 3 where none can be had, after the words of who brings it", async () => {
  const child = plan(`console.error("No Pulumi engine could be brought here."); process.exit(3);`);
  const [said, plans] = [text(child.stderr), text(child.stdout)];
  expect(await once(child, "close")).toEqual([3, null]);
  expect(await said).toBe(
    "No Pulumi engine could be brought here.\nWithout the engine there is no plan.\n",
  );
  expect(await plans).toBe("");
});
