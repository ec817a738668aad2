import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { makePlan } from "../../../operations/plan/make";
import { Refusal } from "../../../operations/plan/refusal";
import { chapter, look, main } from "../../../scripts/preview";
import { examples } from "../../support/examples";
import { fakeProgram } from "../../support/programs";

jest.mock("../../../operations/plan/make");
// A family's repository has some of its own.
jest.mock("../../../scripts/stacks", () => ({ stacksIn: () => [] }));

const planned = jest.mocked(makePlan);
const before = process.env;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "preview-"));
  jest.spyOn(console, "error").mockImplementation();
  process.env = { PATH: `${folder}:${before.PATH}`, PULUMI_BACKEND_URL: "s3://state" };
  planned.mockReset().mockImplementation(async (stack = "") => ({
    ...{ version: 1, stack, comparedWith: "nothing", resources: [], notes: [] },
    counts: { replace: 0, delete: 0, create: 0, update: 0, same: 0 },
  }));
});
afterEach(() => {
  process.env = before;
  rmSync(folder, { recursive: true });
});

/** An engine that prints this, ends with this, and notes how it was called. */
function engine(digest: object, status = 0): void {
  writeFileSync(path.join(folder, "digest"), JSON.stringify(digest));
  const answer = `echo "$@" >${folder}/calls\ncat ${folder}/digest\nexit ${status}`;
  fakeProgram(folder, "pulumi", answer);
}

const machine = {
  op: "update",
  urn: "urn:pulumi:home::snikket::oci:Core/instance:Instance::host-machine",
  oldState: { type: "oci:Core/instance:Instance", custom: true, inputs: { displayName: "a" } },
  newState: { type: "oci:Core/instance:Instance", custom: true, inputs: { displayName: "b" } },
  detailedDiff: { displayName: { kind: "update" } },
};

test("asks the clouds of a stack, where the state can be read", async () => {
  engine({ steps: [machine] });
  const { how, text, ok } = await look("home");
  expect([how, ok]).toEqual(["as the clouds and the state have it", true]);
  expect(text).toMatch(/^What pulumi up would do to the stack "home"\. Nothing was changed\.\n/);
  expect(text).toContain(
    '~ the machine   [host-machine, Instance]\n        displayName: "a" -> "b"',
  );
  const called = readFileSync(path.join(folder, "calls"), "utf8");
  expect(called).toMatch(/^preview --stack home --json /);
  // What the cloud has by now counts, as Pulumi.yaml asks for.
  expect(called).not.toContain("refresh");
});

test("says in the program's words why there is none", async () => {
  const message =
    'error: stack "home" is misconfigured; nothing was changed:\n  snikket:domain is missing\n';
  engine({ diagnostics: [{ severity: "error", message }] }, 1);
  expect(await look("home")).toMatchObject({
    ok: false,
    text: 'stack "home" is misconfigured; nothing was changed:\n  snikket:domain is missing\n',
  });
});

const protectedMachine = {
  ...machine,
  op: "replace",
  oldState: { ...machine.oldState, protect: true },
  newState: { ...machine.newState, protect: true },
  detailedDiff: { displayName: { kind: "update-replace" } },
  replaceReasons: ["displayName"],
};
const failed = { severity: "error", message: "error: preview failed\n" };
const blocked = (tail: string) => ({
  severity: "error",
  message: `error: unable to replace resource "${machine.urn}"${tail}as it is currently marked for protection. To unprotect the resource, remove the \`protect\` flag from the resource in your Pulumi program and run \`pulumi up\`\n`,
});

test("shows what protection blocks, for the engine goes on planning", async () => {
  engine({ steps: [protectedMachine], diagnostics: [blocked("\n"), failed] }, 1);
  const { text, ok } = await look("home");
  expect(ok).toBe(true);
  expect(text).toContain("± the machine is replaced");
  expect(text).toContain("replacement, blocked by protect: pulumi up will refuse it");
});

test.each([
  ["another error beside it", [blocked("\n"), { ...failed, message: "error: 401-Nobody\n" }]],
  ["one after which the engine ends", [blocked(` as part of replacing "${machine.urn}" `)]],
  ["nothing but its own frame", [failed]],
])("shows no half of a plan where there is %s", async (_, diagnostics) => {
  engine({ steps: [protectedMachine], diagnostics }, 1);
  expect(await look("home")).toMatchObject({ ok: false });
});

test("shows no plan without a step", async () => {
  engine({ diagnostics: [blocked("\n"), failed] }, 1);
  expect(await look("home")).toMatchObject({ ok: false });
});

test("says it of an engine that does not begin", async () => {
  process.env.PATH = folder;
  expect(await look("home")).toMatchObject({ ok: false, text: expect.stringContaining("pulumi") });
});

describe("where the state does not show the stack", () => {
  const engineSays = (words: string) =>
    fakeProgram(folder, "pulumi", `echo "${words}" >&2; exit 6`);

  test("plans one that the state does not know, and says that nobody was asked", async () => {
    engineSays("error: no stack named 'cousins' found");
    expect(await look("cousins")).toMatchObject({
      ok: true,
      how: "as a new stack, without asking the clouds or reading the state",
    });
    expect(planned).toHaveBeenCalledWith("cousins");
  });

  test("plans nothing in place of a preview that fails for another reason", async () => {
    engineSays("error: incorrect passphrase");
    expect(await look("cousins")).toMatchObject({ ok: false });
    expect(planned).not.toHaveBeenCalled();
  });
});

describe("without a backend", () => {
  const file = () => path.join(folder, "preview.md");
  const read = () => readFileSync(file(), "utf8");

  beforeEach(() => {
    delete process.env.PULUMI_BACKEND_URL;
    engine({}, 1);
  });

  test("plans a stack as a new one", async () => {
    expect(await look("home")).toMatchObject({
      how: "as a new stack, without asking the clouds or reading the state",
      ok: true,
    });
    expect(planned.mock.calls).toEqual([["home"]]);
  });

  test("writes a chapter on each example where there are no stacks, for the workflow's summary, too", async () => {
    process.env.GITHUB_STEP_SUMMARY = path.join(folder, "summary");
    await main(file());
    const titles = read().match(/^### .*$/gm);
    expect(titles?.sort()).toEqual(examples.map((name) => `### stacks/${name}`).sort());
    expect(readFileSync(process.env.GITHUB_STEP_SUMMARY, "utf8")).toBe(read());
  });

  test("ends badly where one cannot be planned, and has written of the others", async () => {
    planned.mockRejectedValueOnce(new Refusal("There is no engine."));
    await expect(main(file())).rejects.toThrow(
      /^No preview of stacks\/[\w.]+: .*preview\.md says why\.$/,
    );
    expect(read().match(/^### .*: no preview\n[\s\S]*?There is no engine\.$/gm)).toHaveLength(1);
    expect(read().match(/^### /gm)).toHaveLength(examples.length);
  });

  test("wants to be told where it writes", async () => {
    await expect(main(undefined)).rejects.toThrow("usage: npx tsx scripts/preview.ts FILE");
    expect(planned).not.toHaveBeenCalled();
  });
});

test("a text cannot leave its block", () => {
  const text = "+ ```` @everybody\n````\n";
  expect(chapter({ name: "home", how: "so", text, ok: true })).toBe(
    `### home\n\nso\n\n\`\`\`\`\`text\n${text}\`\`\`\`\`\n`,
  );
  expect(chapter({ name: "home", how: "so", text: "no\n", ok: false })).toMatch(
    /^### home: no preview\n\nso\n\n```text\nno\n```\n$/,
  );
});
