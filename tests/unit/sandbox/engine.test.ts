import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { version } from "pulumi/package.json";
import { engineEnvironment, ensureEngine, isRecent } from "../../../sandbox/engine";

let folder: string;
const environment = { ...process.env };

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "engine-"));
  process.env.XDG_CACHE_HOME = path.join(folder, "cache");
  process.env.PATH = "";
});
afterEach(() => {
  process.env = { ...environment };
  rmSync(folder, { recursive: true });
});

/** Programs that only print a version. */
function fakeEngine(bin: string, found: string): string {
  mkdirSync(bin, { recursive: true });
  for (const name of ["pulumi", "pulumi-language-nodejs"]) {
    writeFileSync(path.join(bin, name), `#!/bin/sh\necho ${found}\n`);
    chmodSync(path.join(bin, name), 0o755);
  }
  return bin;
}

const cached = () => path.join(folder, "cache/snikket-sandbox/engine", version, "bin");
const home = () => path.join(folder, "home");
const linked = () => realpathSync(path.join(home(), "versions", version, "bin"));

describe("ensureEngine", () => {
  it("takes the cached engine, and finds it there the second time", async () => {
    fakeEngine(cached(), "v3.251.0");
    expect((await ensureEngine({ home: home() })).how).toMatch(/^from the cache/);
    expect(linked()).toBe(realpathSync(cached()));
    expect((await ensureEngine({ home: home() })).how).toBe("already there");
  });

  it("prefers a recent enough Pulumi on PATH", async () => {
    fakeEngine(cached(), "v3.251.0");
    process.env.PATH = fakeEngine(path.join(folder, "bin"), "v3.260.1");
    expect((await ensureEngine({ home: home() })).how).toMatch(/^from PATH/);
    expect(linked()).toBe(realpathSync(path.join(folder, "bin")));
  });

  it("passes over an old one and the npm wrapper", async () => {
    fakeEngine(cached(), "v3.251.0");
    const old = fakeEngine(path.join(folder, "old"), "v3.250.9");
    const wrapper = fakeEngine(path.join(folder, "node_modules/.bin"), "v3.251.0");
    process.env.PATH = [old, wrapper].join(path.delimiter);
    expect((await ensureEngine({ home: home() })).how).toMatch(/^from the cache/);
  });

  it("links anew where the cache had been removed", async () => {
    fakeEngine(cached(), "v3.251.0");
    await ensureEngine({ home: home() });
    rmSync(path.join(folder, "cache"), { recursive: true });
    process.env.PATH = fakeEngine(path.join(folder, "bin"), "v3.251.0");
    expect((await ensureEngine({ home: home() })).how).toMatch(/^from PATH/);
  });
});

it("keeps plugins from elsewhere out", () => {
  expect(engineEnvironment("/h")).toMatchObject({
    PULUMI_HOME: "/h",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "1",
  });
});

it.each([
  ["v3.251.0", true],
  ["3.300.2\n", true],
  ["v3.99.0", false],
  ["v4.0.0", false],
  ["", false],
])("says of version %j whether it is recent enough", (found, expected) => {
  expect(isRecent(found)).toBe(expected);
});
