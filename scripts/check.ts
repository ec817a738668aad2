import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { jestCounts, tapCounts, total, words } from "./counts";
import {
  installed,
  projectFiles,
  root,
  runSteps,
  type Step,
  type StepResult,
  shellScripts,
} from "./steps";

/** Programs that npm does not bring, and the packages of Debian and Ubuntu that do. */
const packages: Record<string, string> = {
  git: "git",
  openssl: "openssl",
  shellcheck: "shellcheck",
  shfmt: "shfmt",
  "ssh-keygen": "openssh-client",
};

/** Packages that this machine lacks. */
const missingPackages = (): string[] =>
  Object.entries(packages)
    .filter(([program]) => !isInstalled(program))
    .map(([, name]) => name);

const isInstalled = (program: string): boolean =>
  (process.env.PATH ?? "").split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });

/** What the compiler remembers of the last time. */
const typesSeen = path.join(root, "node_modules/.cache/types.tsbuildinfo");

/** The longest first, so that the short ones fill the gaps. */
const steps = (report: string): Step[] => [
  jest(report),
  bats(0),
  bats(1),
  types,
  ...shell(),
  { name: "biome", command: [installed("biome"), "check", "--error-on-warnings"] },
  ...own,
];

const jest = (report: string): Step => ({
  name: "jest",
  command: [
    installed("jest"),
    ...["--selectProjects", "unit", "components", "--maxWorkers", "3"],
    ...["--silent", "--json", "--outputFile", report],
  ],
  count: () => jestCounts(report),
});

const types: Step = {
  name: "types",
  command: [
    path.join(root, "node_modules/@typescript/native/bin/tsc"),
    ...["--noEmit", "-p", "tsconfig.json", "--incremental", "--tsBuildInfoFile", typesSeen],
  ],
};

/** Every second file: bats runs one after the other, and each waits now and then. */
const bats = (half: 0 | 1): Step => ({
  name: `bats ${half + 1}`,
  command: [
    path.join(root, "node_modules/bats/bin/bats"),
    "--tap",
    ...projectFiles("tests/shell/*.bats").filter((_, at) => at % 2 === half),
  ],
  count: tapCounts,
});

function shell(): Step[] {
  const scripts = shellScripts();
  const bats = projectFiles("*.bats");
  const all = [...scripts, ...bats, ...projectFiles("*.bash")];
  return [
    { name: "shellcheck", command: ["shellcheck", ...scripts] },
    // It does not know what `run` sets, and single quotes are how a test writes a script.
    {
      name: "shell tests",
      command: ["shellcheck", "--severity=warning", "--exclude=SC2154", ...bats],
    },
    { name: "shfmt", command: ["shfmt", "-d", "-i", "2", ...all] },
  ];
}

const script = (name: string): Pick<Step, "name" | "command"> => ({
  name,
  command: [process.execPath, "--require", "tsx/cjs", `scripts/${name}.ts`],
});

const own: Step[] = [
  script("actionlint"),
  { ...script("zizmor"), count: tapCounts },
  { ...script("audit"), count: tapCounts },
  script("budgets"),
];

/** Everything that can be said of the project without a sandbox. */
export async function check(): Promise<StepResult[]> {
  const missing = missingPackages();
  if (missing.length) {
    const remedy = `apt-get update && apt-get install -y ${missing.join(" ")}`;
    console.log(`Programs are missing here. As root: ${remedy}`);
    return [{ name: "programs", ok: false, seconds: 0, passed: 0, failed: 1, skipped: 0 }];
  }
  const folder = mkdtempSync(path.join(tmpdir(), "check-"));
  try {
    return await runSteps(steps(path.join(folder, "jest.json")));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function main(): Promise<void> {
  const started = Date.now();
  const results = await check();
  const failed = results.filter(({ ok }) => !ok).map(({ name }) => name);
  const seconds = ((Date.now() - started) / 1000).toFixed(0);
  console.log(
    `${failed.length ? `check FAILED: ${failed.join(", ")}` : "check passed"}: ${words(total(results))} in ${seconds} s`,
  );
  process.exitCode = failed.length ? 1 : 0;
}

if (require.main === module) main();
