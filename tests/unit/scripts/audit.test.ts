import { readFileSync } from "node:fs";
import * as path from "node:path";
import { forPeople, verdict } from "../../../scripts/audit";
import { tapCounts } from "../../../scripts/counts";
import { projectFiles, root } from "../../../scripts/steps";

const weak = {
  name: "yodel",
  severity: "high",
  isDirect: false,
  via: [
    {
      source: 1,
      name: "yodel",
      title: "Prototype pollution in yodel",
      url: "https://github.com/advisories/GHSA-0000-0000-0000",
      severity: "high",
      range: "<1.2.3",
    },
  ],
  effects: ["choir"],
  range: "<1.2.3",
  nodes: ["node_modules/yodel"],
  fixAvailable: true as unknown,
};

/** What is said of these packages, with what the step counts of it. */
function said(...found: Partial<typeof weak>[]) {
  const all = found.map((one) => ({ ...weak, ...one }));
  const lines = verdict(
    JSON.stringify({
      auditReportVersion: 2,
      vulnerabilities: Object.fromEntries(all.map((one) => [one.name, one])),
    }),
    (folder) => folder === "node_modules/yodel",
  );
  const { passed, failed, skipped } = tapCounts(lines.join("\n"));
  return { lines, counts: [passed, failed, skipped] };
}

const all = () => true;

test("passes where nothing is known, nothing grave, or nothing that matters", () => {
  const [mild, tests] = [{ severity: "moderate" }, { nodes: ["node_modules/jest"] }];
  for (const found of [[], [mild, { name: "hum", severity: "low" }], [tests]])
    expect(said(...found)).toEqual({ lines: ["ok 1 audit"], counts: [1, 0, 0] });
});

test("fails with name, range and remedy, once for each", () => {
  const advisory =
    "Prototype pollution in yodel, https://github.com/advisories/GHSA-0000-0000-0000";
  const choir = { name: "choir", severity: "critical", range: "*", via: ["yodel"] as never };
  const newer = { name: "choir", version: "9.0.0", isSemVerMajor: true };
  expect(said({}, { ...choir, fixAvailable: newer }, { name: "hum", severity: "low" })).toEqual({
    lines: [
      `not ok 1 audit: yodel <1.2.3 (high: ${advisory}). Run: npm audit fix`,
      "not ok 2 audit: choir * (critical: by yodel). Run: npm install --save-exact choir@9.0.0 (a new major version: see its changes first)",
    ],
    counts: [0, 2, 0],
  });
});

test.each([
  [false, "There is no version without it: replace the package that brings it."],
  [
    { name: "choir", version: "2.0.1", isSemVerMajor: false },
    "Run: npm install --save-exact choir@2.0.1",
  ],
])("says what to do where the remedy is %j", (fixAvailable, words) => {
  expect(said({ fixAvailable }).lines.join("")).toMatch(new RegExp(`\\)\\. ${words}$`));
});

test.each([
  [
    "405 Method Not Allowed - POST https://me:hush@registry.example/-/npm/v1/security/advisories/bulk",
    "405 Method Not Allowed",
  ],
  [
    "request to https://me:hush@registry.example/bulk failed, reason: getaddrinfo ENOTFOUND registry.example",
    "getaddrinfo ENOTFOUND registry.example",
  ],
  ["spawnSync npm ETIMEDOUT", "spawnSync npm ETIMEDOUT"],
])("is skipped, and says why, where nobody answers: %s", (message, why) => {
  const [line = ""] = verdict(JSON.stringify({ message, error: { summary: "", detail: "" } }), all);
  expect(tapCounts(line)).toEqual({
    passed: 0,
    failed: 0,
    skipped: 1,
    names: [`audit # skip no answer to npm audit: ${why}`],
  });
});

test.each([
  [JSON.stringify({ error: { code: "ENOLOCK", summary: "This command requires a lockfile." } })],
  [""],
  ["{}"],
])("fails where npm itself does, and does not pass for want of a report: %s", (output) => {
  expect(verdict(output, all)).toEqual([
    expect.stringMatching(/^not ok 1 audit: npm audit failed: (This .*lockfile|it printed no)/),
  ]);
});

test("what the program, the verbs and the sandbox are made of matters, and the tests' own tools do not", () => {
  const folders = ["components", "infra", "operations", "sandbox"];
  const text = projectFiles(...folders.map((folder) => `${folder}/*.ts`))
    .map((file) => readFileSync(path.join(root, file), "utf8"))
    .join("\n");
  const imports = text.matchAll(/(?: from |require\()"((?:@[\w-]+\/)?[a-z][\w-]*)["/]/g);
  const needed = new Set(["tsx", "pulumi", ...[...imports].map(([, name]) => name)]);
  expect([...needed]).toEqual(expect.arrayContaining(["yaml", "@pulumi/pulumi", "@xmpp/client"]));
  const runsForPeople = forPeople();
  expect([...needed].filter((name) => !runsForPeople(`node_modules/${name}`))).toEqual([]);
  for (const name of ["jest", "@biomejs/biome"])
    expect(runsForPeople(`node_modules/${name}`)).toBe(false);
});
