import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { version } from "pulumi/package.json";
import { engineEnvironment, ensureEngine, isRecent } from "../../../sandbox/engine";
import { fakeProgram } from "../../support/programs";

jest.mock("node:child_process", () => require("../../support/programs").childProcess);

let folder: string;
const environment = { ...process.env };

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "engine-"));
  process.env.XDG_CACHE_HOME = path.join(folder, "cache");
  process.env.PATH = "";
});
afterEach(() => {
  process.env = { ...environment };
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** Programs that only print a version. */
function fakeEngine(bin: string, found: string): string {
  for (const name of ["pulumi", "pulumi-language-nodejs"]) fakeProgram(bin, name, `echo ${found}`);
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

describe("where Pulumi's downloads can be reached", () => {
  /** The npm package's own download finds this there. */
  function installer(script: string): void {
    jest.spyOn(globalThis, "fetch").mockResolvedValue(new Response());
    const answer = `async (url) => new Response(String(url) === "https://get.pulumi.com/install.sh"
      ? ${JSON.stringify(script)} : "exit 9")`;
    writeFileSync(path.join(folder, "fetch.js"), `globalThis.fetch = ${answer};`);
    process.env.NODE_OPTIONS = `--require ${path.join(folder, "fetch.js")}`;
  }
  const install = (
    body: string,
  ) => `[ "$*" = "--no-edit-path --install-root $3 --version ${version}" ]
    /bin/mkdir -p "$3/bin"; cd "$3/bin"
    for name in pulumi pulumi-language-nodejs; do ${body}; done`;
  const working = `printf '#!/bin/sh\necho ${version}\n' >$name; /bin/chmod +x $name`;

  it("downloads the engine, keeps it for all, and leaves nothing else", async () => {
    installer(`set -eu; ${install(working)}`);
    expect((await ensureEngine({ home: home() })).how).toBe("downloaded");
    expect(linked()).toBe(realpathSync(cached()));
    expect(readdirSync(path.dirname(path.dirname(cached())))).toEqual([version]);
    expect(readdirSync(path.dirname(cached()))).toEqual(["bin"]);
    installer("exit 9");
    rmSync(home(), { recursive: true });
    expect((await ensureEngine({ home: home() })).how).toMatch(/^from the cache/);
  });

  it.each([
    ["cannot be run", "exit 1"],
    ["breaks off", `set -eu; ${install("printf half >$name; exit 1")}`],
  ])("tries what is left where the download %s", async (_, script) => {
    installer(script);
    await expect(ensureEngine({ home: home() })).rejects.toThrow(/python3.*ENOENT/);
  });
});

describe("where nothing can be downloaded", () => {
  beforeEach(() => {
    jest.spyOn(globalThis, "fetch").mockRejectedValue(new Error("no network"));
    process.env.PATH = path.join(folder, "bin");
  });
  const program = (name: string, body: string) => fakeProgram(path.join(folder, "bin"), name, body);
  /** What a person is told, and the exit code of the sandbox's command. */
  const told = async () => {
    const problem = await ensureEngine({ home: home() }).catch((error) => error);
    expect(problem).toMatchObject({ exitCode: 3 });
    expect(problem.message).toMatch(
      /^No Pulumi engine could be brought.*\n- Pulumi 3\.251 or later/,
    );
    return problem.message.split("The last way tried: ")[1];
  };
  const go = (body: string) =>
    program("go", `[ "$1" != env ] || { echo go1.24.0; exit; }\n${body}`);

  it("builds the engine with Go from its sources", async () => {
    go(`echo "$PWD $*" >>${folder}/calls
      while [ "$1" != -o ]; do shift; done
      /bin/mkdir -p "\${2%/*}"; printf '#!/bin/sh\\n' >"$2"; /bin/chmod +x "$2"`);
    expect((await ensureEngine({ home: home() })).how).toBe("built from source");
    expect(linked()).toBe(realpathSync(cached()));
    expect(readFileSync(path.join(folder, "calls"), "utf8")).toMatch(
      /language-nodejs build .*\n.*cli build .*\n$/,
    );
  });

  it("ends with Go's last words and every other way, where its modules cannot be had", async () => {
    go(`i=0; while [ $i -lt 99 ]; do echo go: downloading module$i; i=$((i + 1)); done >&2
      echo 'proxy.golang.org: connection refused' >&2; exit 1`);
    const words = await told();
    expect(words).toMatch(/downloading module98\nproxy\.golang\.org: connection refused\n$/);
    expect(words.length).toBeLessThan(600);
  });

  it.each([
    ["is none", undefined],
    ["is one that is too old", "go1.20.14"],
  ])("fetches Go with python3 where there %s, and ends with its last words", async (_, version) => {
    if (version) program("go", `echo ${version}`);
    program("python3", "echo No module named pip >&2; exit 1");
    expect(await told()).toBe("No module named pip\n");
  });

  it("ends with every way, where there is neither Go nor python3", async () => {
    expect(await told()).toMatch(/python3.*ENOENT/);
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
