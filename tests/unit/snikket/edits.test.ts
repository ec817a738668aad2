import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { DialError } from "../../../components/remote/ssh";
import { editsCommand, findEdits } from "../../../components/snikket/edits";
import { fakeProgram } from "../../support/programs";

const warn = jest.spyOn(pulumi.log, "warn").mockResolvedValue();
afterEach(() => warn.mockClear());

const find = (seen?: string) => findEdits({ ask: async () => seen });
const warnings = () => warn.mock.calls.map(([message]) => message);

test.each([
  ["nothing is deployed, or nothing was changed", ""],
  ["there is no machine", undefined],
  ["a machine says something else", "hello\n: FAILED\nx y: FAILED\n\u001b[2J: FAILED\n: DOWN 1"],
])("finds nothing where %s", async (_, seen) => {
  expect(await find(seen)).toBeUndefined();
  expect(warnings()).toEqual([]);
});

test("names the files, and what to do with what should stay", async () => {
  const reason = await find(".env: FAILED\nca/acme-root.pem: FAILED open or read\n. 1\n.env 2\n");
  expect(reason).toMatch(/^put back [0-9a-f]{16}$/);
  expect(warnings()).toEqual([
    "On the machine, /etc/snikket was changed by hand: .env, ca/acme-root.pem. pulumi up puts it back; what should stay belongs into the stack's file.",
  ]);
});

test("names the containers that do not run, each time anew", async () => {
  const reasons = [
    await find("snikket: DOWN 1\nsnikket-portal: DOWN 1\n"),
    await find("snikket: DOWN 2\n"),
  ];
  expect(new Set(reasons).size).toBe(2);
  for (const reason of reasons) expect(reason).toMatch(/^put back [0-9a-f]{16}$/);
  expect(warnings()[0]).toBe(
    "On the machine, snikket, snikket-portal did not run. pulumi up starts what should.",
  );
});

test("has another reason for the same change at another time", async () => {
  const [once, again, same] = await Promise.all(
    [1, 2, 2].map((at) => find(`.env: FAILED\n.env ${at}\n`)),
  );
  expect(again).not.toBe(once);
  expect(same).toBe(again);
});

test("shows a bounded part of what a machine makes up", async () => {
  await find("x: FAILED\n".repeat(10_000));
  expect(warnings().join().length).toBeLessThan(500);
});

test("goes on, and says so, where the machine lets nobody in", async () => {
  const ask = async () => {
    throw new DialError("AUTH", "no key fits");
  };
  expect(await findEdits({ ask })).toBeUndefined();
  expect(warnings().join()).toMatch(/cannot be looked at, .* no key fits$/);
});

test("asks as root, by sudo where it is another user", () => {
  expect(editsCommand("root")).toMatch(/^sh -c 'test -e \/etc\/snikket-sums/);
  expect(editsCommand("anna")).toBe(`sudo -n ${editsCommand("root")}`);
});

describe("on a machine", () => {
  const compose = "docker-compose.yml";
  let folder: string;
  let etc: string;
  const run = (script: string, cwd = etc): string => {
    const env = { ...process.env, PATH: `${folder}/bin:${process.env.PATH}` };
    return execFileSync("sh", ["-c", script], { cwd, env, encoding: "utf8" });
  };
  const look = () => run(editsCommand("root").replaceAll("/etc/snikket", etc), folder);
  const down = (...names: string[]) => names.map((name) => `${name}: DOWN \\d+\n`).join("");

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "edits-"));
    etc = `${folder}/snikket`;
    mkdirSync(etc);
    fakeProgram(path.join(folder, "bin"), "docker", "echo snikket; echo snikket-proxy");
    copyFileSync(path.join(__dirname, "../../../components/snikket", compose), `${etc}/${compose}`);
    writeFileSync(`${etc}/.env`, "A=1\n", { mode: 0o600 });
    for (const file of [compose, ".env"])
      run(
        `echo $(sha256sum <${file} | cut -c1-64)-$(stat -c %a-%u ${file}) ${file} >>../snikket-sums`,
      );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("sees nothing where nothing was deployed", () => {
    run("rm ../snikket-sums");
    expect(look()).toBe("");
  });

  it("tells what of the compose file does not run", () =>
    expect(look()).toMatch(new RegExp(`^${down("snikket-certs", "snikket-portal")}$`)));

  it.each([
    ["is another", "echo A=2 >.env"],
    ["can be read by others", "chmod 644 .env"],
    ["is gone", "rm .env"],
    ["is a link", "mv .env b && ln -s b .env"],
  ])("sees that a file %s", (_, hand) => {
    run(hand);
    expect(look()).toMatch(
      new RegExp(`^\\.env: FAILED \\d+\n${down("snikket-certs", "snikket-portal")}$`),
    );
  });

  it("sees that the whole folder is gone", () => {
    run("rm -r ../snikket");
    expect(look()).toMatch(/^docker-compose\.yml: FAILED \d+\n\.env: FAILED \d+\n$/);
  });
});
