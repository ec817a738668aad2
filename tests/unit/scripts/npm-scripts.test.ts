import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { subset } from "semver";
import { engines, scripts } from "../../../package.json";
import { packages } from "../../../package-lock.json";

const root = path.join(__dirname, "../../..");

// tsx's own program kills what does not listen to a signal within 60 ms, and a busy computer takes longer.
test.each(Object.entries(scripts))(
  "npm run %s is Node.js itself, which nothing kills",
  (_, line) => {
    expect(line).toMatch(/^(exec )?node --(require tsx\/cjs|import tsx) \S+\.ts/);
  },
);

test("npm ci installs on every Node.js that package.json allows: each package allows it, too", () => {
  type Package = { optional?: boolean; engines?: { node?: string } };
  const narrower = Object.entries(packages as Record<string, Package>).filter(
    ([, { optional, engines: own }]) => !optional && own?.node && !subset(engines.node, own.node),
  );
  expect(narrower.map(([name]) => name)).toEqual([]);
});

test("npm ci refuses any other Node.js in words, before it installs", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "npm-ci-"));
  try {
    cpSync(path.join(root, ".npmrc"), path.join(folder, ".npmrc"));
    const ours = { name: "ours", version: "1.0.0", engines: { node: ">=999" } };
    writeFileSync(path.join(folder, "package.json"), JSON.stringify(ours));
    const lock = { ...ours, lockfileVersion: 3, requires: true, packages: { "": ours } };
    writeFileSync(path.join(folder, "package-lock.json"), JSON.stringify(lock));
    const { status, stderr } = spawnSync("npm", ["ci"], { cwd: folder, encoding: "utf8" });
    expect(status).toBe(1);
    expect(stderr).toMatch(/Unsupported engine[\s\S]*Required: +\{"node":">=999"\}/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
