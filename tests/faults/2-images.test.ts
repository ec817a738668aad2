import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { checkout, inHome } from "../../sandbox/settings";
import { projectFiles } from "../../scripts/steps";
import { bringUp, containerIds, expectDone, expectNoTrace } from "../support/e2e";
import { pulumi } from "../support/e2e-stack";
import { faultsInTurn, stackFile } from "../support/fault";
import { failed, image, ofRegistry } from "../support/fault-registry";
import { report } from "../support/fault-report";
import { up } from "../support/fault-up";

beforeAll(() => bringUp({ settings: "any" }));

faultsInTurn("while an image is pulled", [
  ofRegistry.down,
  ofRegistry.missing,
  ofRegistry.silent,
  ofRegistry.stuck,
  ofRegistry.altered,
  ofRegistry.noRoom,
  ofRegistry.noMemory,
  ofRegistry.cut,
]);

/** Another checkout, in which the newest release names this image by a digest as well. */
function checkoutWith(digest: string): string {
  const cwd = inHome("e2e", "pinned");
  rmSync(cwd, { recursive: true, force: true });
  for (const file of projectFiles()) cpSync(path.join(checkout, file), path.join(cwd, file));
  symlinkSync(path.join(checkout, "node_modules"), path.join(cwd, "node_modules"));
  const file = path.join(cwd, "components/snikket/releases.ts");
  writeFileSync(file, readFileSync(file, "utf8").replaceAll(image, `${image}@${digest}`));
  return cwd;
}

it("a release whose digest the registry does not have is not deployed", async () => {
  expectDone(await up(stackFile()));
  const before = await containerIds();
  const digest = `sha256:${"0".repeat(64)}`;
  const pinned = { cwd: checkoutWith(digest), stackFile: stackFile() };
  const broken = await pulumi(["up", "--yes", "--skip-preview"], pinned);
  expect(await containerIds()).toEqual(before);
  const next = await up(stackFile());
  report({ name: "the registry does not have the release's digest", broken, next, within: 30 });
  expect(broken.output).toMatch(failed);
  expect(broken.output).toContain(`ERROR: Pulling ${image}@${digest}: `);
  expect(broken.code).not.toBe(0);
  expectNoTrace(broken);
  expectDone(next);
  expect(await containerIds()).toEqual(before);
});
