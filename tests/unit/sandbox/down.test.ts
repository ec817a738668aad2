import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";

jest.mock("node:child_process", () => require("../../support/programs").childProcess);

let folder: string;
const environment = { ...process.env };

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "down-"));
  process.env.PATH = path.join(folder, "bin");
  process.env.SNIKKET_SANDBOX_CHECKOUT = folder;
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...environment };
  rmSync(folder, { recursive: true });
});

it("removes the sandbox's folder where there is no Docker, too, and names every cache that stays", async () => {
  mkdirSync(path.join(folder, ".sandbox"));
  const said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  // Only now, as the checkout is settled when it is loaded.
  const { down }: typeof import("../../../sandbox/down") = require("../../../sandbox/down");
  await down();
  expect(existsSync(path.join(folder, ".sandbox"))).toBe(false);
  const words = said.mock.calls.join("");
  expect(words).toMatch(/Docker .* keeps images, ~\/\.cache\/snikket-sandbox the engine;/);
  expect(words).toContain("~/go and ~/.cache/go-build");
});
