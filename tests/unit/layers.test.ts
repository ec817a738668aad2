import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { relayRange, snikketPorts, usualProxy65Port } from "../../components/snikket/ports";

const root = path.join(__dirname, "../..");
// A folder that is renamed ends this, instead of falling out of it.
const files = ["infra", "components", "operations", "sandbox", "scripts", "tests"]
  .flatMap((folder) =>
    execFileSync("find", [folder, "-type", "f", "-not", "-path", "*/node_modules/*"], {
      cwd: root,
      encoding: "utf8",
    }).split("\n"),
  )
  .filter((file) => file !== "");
const sources = files.filter((file) => file.endsWith(".ts"));

const text = (file: string) => readFileSync(path.join(root, file), "utf8");
const inFolder = (folder: string) => sources.filter((file) => file.startsWith(`${folder}/`));

/** What a file imports of this project, as paths from its root. */
const imports = (file: string) =>
  [...text(file).matchAll(/(?:from|import|require)\s*\(?\s*"(\.[^"]+)"/g)].map(([, name]) =>
    path.posix.join(path.posix.dirname(file), name ?? ""),
  );

/** Lines that match, with their file, comments left out. */
const lines = (files: string[], pattern: RegExp) =>
  files.flatMap((file) =>
    text(file)
      .split("\n")
      .filter((line) => pattern.test(line) && !/^\s*(\/\/|\*|\/\*\*|#)/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );

test("the sources are found", () => {
  expect(inFolder("components").length).toBeGreaterThan(15);
  expect(inFolder("infra").length).toBeGreaterThan(4);
  expect(imports("infra/host.ts")).toContain("components/host/existing-host");
});

test("components know no configuration, no stack and no environment", () => {
  const forbidden = /infra\/|sandbox\/|pulumi\.Config|process\.env|getStack|getProject/;
  expect(lines(inFolder("components"), forbidden)).toEqual([]);
});

test.each([
  ["components", /^components\//],
  ["infra", /^(infra|components)\//],
  ["operations", /^(operations|components)\/|^infra\/config(\.|$)/],
  ["sandbox", /^sandbox\/|^components\/snikket\/(releases|ports|probes\/.*)$/],
])("%s imports of this project only what it may", (folder, below) => {
  const strangers = inFolder(folder).flatMap((file) =>
    imports(file).filter((name) => !below.test(name)),
  );
  expect(strangers).toEqual([]);
});

test("only run-script.ts changes anything on a machine; ssh.ts runs what looks", () => {
  const strangers = inFolder("components").filter((file) => file !== "components/remote/ssh.ts");
  expect(lines(strangers, /\bssh2\b|\.exec\(command/)).toEqual([]);
  const others = inFolder("components").filter(
    (file) => file !== "components/remote/run-script.ts",
  );
  expect(
    lines(
      [...others, ...inFolder("infra")],
      /remote\.(Command|Copy)\w*\(|import \{[^}]*\bremote\b/,
    ),
  ).toEqual([]);
});

test("nothing imports the entry file", () => {
  const importers = sources.filter((file) =>
    imports(file).some((name) => /^infra(\/index)?$/.test(name)),
  );
  const ofTests = /^tests\/(components\/|support\/program\.ts$)/;
  expect(importers.filter((file) => !ofTests.test(file))).toEqual([]);
});

test("no port number of Snikket's stands outside the port table, but where the machine asks itself", () => {
  const table = snikketPorts({ turnPorts: relayRange(10), proxy65Port: usualProxy65Port });
  const inside = [5223, 5270, 5280, 5765];
  const numbers = [...table.flatMap(({ from, to }) => [from, to]), ...inside];
  // Files below /etc begin with a number, too.
  const number = new RegExp(`\\b(${numbers.join("|")})\\b(?!-snikket)`);
  const product = files.filter((file) =>
    /^(infra|components|operations)\/.*\.(ts|sh|yml|service)$/.test(file),
  );
  expect(product).toEqual(expect.arrayContaining(["components/host/prepare.sh", "infra/host.ts"]));
  const others = product.filter((file) => file !== "components/snikket/ports.ts");
  expect(lines(others, number).filter((line) => !line.includes("127.0.0.1"))).toEqual([]);
});
