import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { RunScriptArgs } from "../../components/remote/run-script";
import { mockEngine, type Registered } from "../support/mocks";
import { openPart, unwrap } from "../support/wrapped";

const folder = mkdtempSync(path.join(tmpdir(), "run-script-"));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, text: string) => {
  writeFileSync(path.join(folder, name), text);
  return path.join(folder, name);
};
const script = file("script.sh", "echo done\n");

interface Change extends Partial<Omit<RunScriptArgs, "host">> {
  user?: string;
  machineId?: string;
  privateKey?: string;
}

const changes: Record<string, Change> = {
  "the script": { script: file("other.sh", "echo other\n") },
  "its functions": { functions: [file("functions.sh", "f() { :; }\n")] },
  "a variable": { env: { A: "2" } },
  "a variable's name": { env: { B: "1" } },
  "a file": { files: { f: "changed" } },
  "a secret": { secretFiles: { key: "hunter-one" } },
  "another secret": { secretFiles: { key: "hunter-two" } },
  "the private key": { privateKey: "k2" },
  "the machine": { machineId: "two" },
  "the user": { user: "anna" },
  nothing: {},
};

let steps: Registered[];

/** The step as it is registered with one thing changed. */
const step = (changed: string): Registered => {
  const found = steps.find(({ name }) => name === changed);
  if (!found) throw new Error(`no step was registered with ${changed} changed`);
  return found;
};
const create = (changed: string) => step(changed).inputs.create;
const stdin = (changed: string) => unwrap(step(changed).inputs.stdin) as string;

beforeAll(async () => {
  const engine = await mockEngine();
  await engine.run(() => {
    for (const [name, change] of Object.entries(changes)) register(name, change);
    return {};
  });
  steps = engine.resources;
});

function register(
  name: string,
  { user = "root", machineId = "one", privateKey = "k1", ...args }: Change,
): void {
  const pulumi = require("@pulumi/pulumi") as typeof import("@pulumi/pulumi");
  const { runScript } =
    require("../../components/remote/run-script") as typeof import("../../components/remote/run-script");
  const connection = { host: "198.51.100.7", port: 22, user, privateKey, hostKey: "ssh-ed25519 A" };
  const host = {
    connection: pulumi.secret(connection),
    machineId: pulumi.output(machineId),
    reach: { hook: new pulumi.ResourceHook(`reach-${name}`, () => {}) },
  };
  runScript(name, { host, script, env: { A: "1" }, files: { f: "open" }, ...args }, {});
}

test.each(["the script", "its functions", "a variable", "a variable's name", "a file"])(
  "shows in a plan that %s changed",
  (changed) => {
    expect(create(changed)).toMatch(
      /^bash -s # [0-9a-f]{16}; where no ERROR follows, the line was cut: run pulumi up again$/,
    );
    expect(create(changed)).not.toEqual(create("nothing"));
  },
);

test("says nothing of a secret in the command, but is run again when it changes", () => {
  expect(create("a secret")).toEqual(create("nothing"));
  expect(create("another secret")).toEqual(create("nothing"));
  expect(stdin("a secret")).not.toEqual(stdin("another secret"));
  expect(stdin("a secret")).toContain("hunter-one");
  expect(JSON.stringify(steps.map(({ inputs }) => openPart(inputs)))).not.toContain("hunter");
});

test.each(["the private key", "the machine"])("keeps the command when %s changes", (changed) => {
  expect(create(changed)).toEqual(create("nothing"));
});

test("is triggered by the machine alone", () => {
  expect(step("the machine").inputs.triggers).toEqual(["two"]);
  expect(step("the private key").inputs.triggers).toEqual(["one"]);
});

test("takes root by sudo, without a question, unless it is root", () => {
  expect(create("the user")).toBe(`sudo -n ${create("nothing")}`);
});

test("sends prelude, variables, files, functions and script, in this order", () => {
  const sent = stdin("its functions");
  const parts = ["install_file() {", "export A='1'", "printf %s 'open'", "f() { :; }", "echo done"];
  const places = parts.map((part) => sent.indexOf(part));
  expect(places).not.toContain(-1);
  expect(places).toEqual([...places].sort((a, b) => a - b));
});
