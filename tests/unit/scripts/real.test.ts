import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { newestRelease, releases } from "../../../components/snikket/releases";
import { plugins } from "../../../sandbox/stand-ins/install";
import { fakeProgram } from "../../support/programs";

const root = path.join(__dirname, "../../..");
const images = Object.values(releases[newestRelease]);
const versions = plugins.map(
  (name) => `${name} ${require(`@pulumi/${name}/package.json`).version}`,
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "real-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that says what it was asked for, and fails where this pattern of a shell matches that. */
const put = (program: string, fails: string): void =>
  fakeProgram(folder, program, `echo "${program} $*"\ncase "$*" in ${fails}) exit 1 ;; esac`);

/** Runs the script with these programs first on PATH, as a workflow does or by hand. */
function real(onGitHub = true) {
  const env = {
    ...process.env,
    PATH: `${folder}:${process.env.PATH}`,
    GITHUB_ACTIONS: String(onGitHub),
  };
  const args = ["--require", "tsx/cjs", "scripts/real.ts"];
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    env,
    encoding: "utf8",
  });
  const lines = stdout.split("\n");
  const asked = lines.filter((line) => /^(pulumi|docker) /.test(line));
  return { status, lines, asked, warnings: lines.filter((line) => line.startsWith("::warning::")) };
}

test("asks for every plugin of the installed SDKs and every image, without a warning", () => {
  put("pulumi", "nothing");
  put("docker", "nothing");
  const { status, asked, warnings } = real();
  expect([status, warnings]).toEqual([0, []]);
  expect(asked).toEqual([
    ...versions.map((plugin) => `pulumi plugin install resource ${plugin}`),
    ...images.map((image) => `docker pull ${image}`),
  ]);
});

test("warns of each thing that cannot be had, and goes on", () => {
  put("pulumi", "*command*");
  put("docker", "*portal*");
  const { status, asked, warnings } = real();
  expect([status, asked.length]).toEqual([0, plugins.length + images.length]);
  expect(warnings).toEqual([
    expect.stringMatching(/^::warning::plugin command \S+ cannot be had here/),
    expect.stringMatching(/^::warning::snikket\/snikket-web-portal\S+ cannot be had here/),
  ]);
});

test("fails where nothing can be had", () => {
  put("pulumi", "*");
  put("docker", "*");
  const { status, warnings } = real();
  expect([status, warnings.length]).toEqual([1, plugins.length + images.length]);
});

test("says it in plain words to a person", () => {
  put("pulumi", "nothing");
  put("docker", "*proxy*");
  const { lines, warnings } = real(false);
  expect(warnings).toEqual([]);
  expect(lines.filter((line) => line.includes("cannot be had here"))).toEqual([
    expect.stringMatching(/^snikket\/snikket-web-proxy\S+ cannot/),
  ]);
});
