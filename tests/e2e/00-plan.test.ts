import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import * as path from "node:path";
import { planningEngine } from "../../operations/plan/engine";
import { type Plan, PlanSchema } from "../../operations/plan/schema";
import { examples, readExample, stacks } from "../support/examples";
import { stateAfterUp } from "../support/plan-state";

// Each plan takes some seconds, and on a busy computer many.
jest.setTimeout(600_000);

const root = path.join(__dirname, "../..");

/** A namespace with a loopback, over which the engine talks to its plugins, and nothing else. */
const alone = ["unshare", "--map-root-user", "--net", "sh", "-c"];
const inside = 'ip link set lo up && exec "$@"';
const mayBeAlone = spawnSync("unshare", [...alone.slice(1), inside, "sh", "true"]).status === 0;
const offline = mayBeAlone ? test : test.skip;

let folder: string;
const inFolder = (name: string) => path.join(folder, name);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "e2e-plan-"));
  for (const name of ["home", "tmp", "engine"]) mkdirSync(inFolder(name));
  // The engine itself may have to be fetched.
  await planningEngine(inFolder("engine"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** As a person runs it who has nothing: no account, no home with credentials. */
function plan(args: string[], { network = true, more = {} } = {}) {
  const env = {
    ...more,
    PATH: process.env.PATH,
    HOME: inFolder("home"),
    TMPDIR: inFolder("tmp"),
    XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache"),
  };
  const verb = ["npm", "run", "--silent", "plan", "--", ...args];
  const [program = "", ...rest] = network ? verb : [...alone, inside, "sh", ...verb];
  return spawnSync(program, rest, { cwd: root, env, encoding: "utf8" });
}

/** What was left behind, and what stands in the folder of the stacks. */
function traces() {
  const digest = (file: string) =>
    createHash("sha256")
      .update(readFileSync(path.join(stacks, file)))
      .digest("hex");
  return {
    stacks: readdirSync(stacks).map((file) => [file, digest(file)]),
    temporary: readdirSync(inFolder("tmp")).filter((name) => name.startsWith("snikket-")),
    home: readdirSync(inFolder("home")).filter((name) => name === ".pulumi"),
  };
}

const read = (stdout: string): Plan => PlanSchema.parse(JSON.parse(stdout));
const names = ({ resources }: Plan, action: string) =>
  resources.filter((one) => one.action === action).map(({ name }) => name);

describe("of a new stack", () => {
  offline.each(examples)("%s, without any network (needs the right to unshare)", (example) => {
    const before = traces();
    const { status, stdout, stderr } = plan(
      [`stacks/${example}`, "--json", "--detailed-exitcode"],
      { network: false },
    );
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^(still planning: \d+ s\n)*$/)]);
    const { resources, counts, comparedWith } = read(stdout);
    expect(comparedWith).toBe("nothing");
    expect(counts.create).toBe(resources.length);
    expect(resources.length).toBeGreaterThan(7);
    expect(resources.filter(({ what }) => what.startsWith("something"))).toEqual([]);
    expect(traces()).toEqual(before);
    expect(before).toMatchObject({ temporary: [], home: [] });
  });

  test("in words, with what --fail-on is for", () => {
    const refused = plan(["--stack", "stacks/oracle.example.yaml", "--fail-on", "delete,create"]);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain('What pulumi up would do for a new stack "oracle".');
    expect(refused.stdout).toContain("+ the machine (VM.Standard.A1.Flex");
    expect(refused.stderr).toMatch(/--fail-on create: this is planned for host-machine, /);
    expect(refused.stderr).not.toContain("--fail-on delete");
  });

  test("leaves what it transpiled to the next, whole", () => {
    plan(["stacks/existing.example.yaml"]);
    // Where tsx keeps it.
    const kept = inFolder(`tmp/tsx-${process.geteuid?.()}`);
    const sizes = readdirSync(kept).map((file) => statSync(path.join(kept, file)).size);
    expect(sizes.length).toBeGreaterThan(20);
    expect(sizes).not.toContain(0);
  });
});

describe("of a stack that is there", () => {
  let exported: string;
  const example = readExample("oracle.example.yaml");

  /** The example with lines of its comments uncommented and changed. */
  function changed(...lines: [pattern: RegExp, line: string][]): string {
    const file = inFolder("changed.yaml");
    const text = lines.reduce((all, [pattern, line]) => all.replace(pattern, line), example);
    if (lines.length) expect(text).not.toBe(example);
    writeFileSync(file, text);
    return file;
  }

  beforeAll(async () => {
    const state = await stateAfterUp(path.join(stacks, "oracle.example.yaml"), "family");
    exported = inFolder("family.json");
    writeFileSync(exported, JSON.stringify(state));
  });

  test("nothing changes", () => {
    const { status, stdout } = plan([changed(), "--state", exported, "--detailed-exitcode"]);
    expect(stdout).toContain('to the stack "family", as its state has it');
    expect(stdout).toMatch(/\nNothing changes: \d\d unchanged\.\n$/);
    expect(status).toBe(0);
  });

  offline("nothing changes, without any network either (needs the right to unshare)", () => {
    const args = [changed(), "--state", exported, "--detailed-exitcode"];
    const { status, stdout } = plan(args, { network: false });
    expect([status, stdout]).toEqual([0, expect.stringContaining("\nNothing changes: ")]);
  });

  test("another kind of machine is another machine, and blocked by its protection", () => {
    const small = changed([/^ {4}# shape: .*/m, "    shape: VM.Standard.E2.1.Micro"]);
    const { status, stdout, stderr } = plan([small, "--state", exported, "--fail-on", "replace"]);
    expect(stdout).toMatch(
      /the machine \(.*\) is replaced; its address and data stay {3}\[host-machine/,
    );
    expect(stdout).toContain("replacement, blocked by protect");
    expect(stdout).toContain('shape: "VM.Standard.A1.Flex" -> "VM.Standard.E2.1.Micro"');
    expect(stderr).toMatch(/^--fail-on replace: this is planned for host-machine/m);
    expect(status).toBe(1);
  });

  test("more calls change a rule of the firewall, and run the steps again", () => {
    const more = changed([/^ {2}# snikket:calls: .*/m, "  snikket:calls: 20"]);
    const { status, stdout } = plan([more, "--state", exported, "--json", "--fail-on", "replace"]);
    const seen = read(stdout);
    expect(names(seen, "update")).toEqual(
      expect.arrayContaining(["host-rule-turn-relay", "host-prepare", "snikket-stage"]),
    );
    expect([...names(seen, "replace"), ...names(seen, "create")]).toEqual([]);
    expect(status).toBe(0);
  });

  test("a state of another stack is not taken for its own", () => {
    const { status, stderr } = plan(["--stack", "family", "--state", exported]);
    expect([status, stderr]).toEqual([
      1,
      expect.stringContaining("There is no stacks/Pulumi.family.yaml."),
    ]);
  });
});

describe("ends with a sentence", () => {
  test.each([
    [["--stak", "home"]],
    [["--fail-on", "replaced"]],
    [["stacks/oracle.example.yaml", "stacks/google.example.yaml"]],
  ])("and 2 where it is used wrongly: %j", (args) => {
    const { status, stdout, stderr } = plan(args);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(/^usage: npm run plan/);
  });

  test("and 1 where the configuration is wrong, in the program's own words", () => {
    const { status, stdout, stderr } = plan(["tests/refusals/key-misspelt.yaml"]);
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /^stack "key-misspelt" is misconfigured; nothing was changed:\n {2}snikket:/m,
    );
    expect(stderr).not.toMatch(/^\s+at |node_modules/m);
  });

  test.each([
    ["package.json", "is not what pulumi stack export writes"],
    ["nothing.json", "cannot be read: ENOENT"],
  ])("and 1 where %s is no state", (file, words) => {
    const { status, stderr } = plan(["stacks/existing.example.yaml", "--state", file]);
    expect([status, stderr]).toEqual([1, expect.stringContaining(`${file} ${words}`)]);
    expect(traces().temporary).toEqual([]);
  });

  test("and 3 where there is no engine, as who brings it says", () => {
    const stub = inFolder("no-engine.js");
    const body = 'console.error("No Pulumi engine could be brought here."); process.exit(3);';
    writeFileSync(stub, `if (process.argv[1]?.endsWith("models.ts")) { ${body} }`);
    const more = { NODE_OPTIONS: `--require ${stub}` };
    const { status, stderr } = plan(["stacks/existing.example.yaml"], { more });
    expect([status, stderr]).toEqual([
      3,
      "No Pulumi engine could be brought here.\nWithout the engine there is no plan.\n",
    ]);
  });
});
