import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { text } from "node:stream/consumers";
import { eventually } from "../../support/eventually";
import { fakeProgram } from "../../support/programs";

const checkout = path.join(__dirname, "../../..");
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "interruption-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A Docker that never answers, and notes how it goes. */
const silent = (notes: string) => `trap 'echo ended >>${notes}; exit' TERM
echo asked >>${notes}
sleep 1000 & wait`;

// With an engine at work, an interruption is tried on a whole sandbox.
test.each(["SIGINT", "SIGTERM"] as const)(
  "%s ends it and what it started, and it says how to go on",
  async (signal) => {
    const notes = path.join(folder, "notes");
    const noted = async () => readFileSync(notes, "utf8");
    fakeProgram(folder, "docker", silent(notes));
    const child = spawn(process.execPath, ["--import", "tsx", "sandbox/index.ts", "status"], {
      cwd: checkout,
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    });
    const said = text(child.stderr);
    await eventually(async () => expect(await noted()).toBe("asked\n"));
    child.kill(signal);
    const [code] = await once(child, "close");
    expect(code).toBe(130);
    expect(await said).toBe(
      '\nInterrupted. "npm run sandbox" goes on from here; with "-- down" it is removed.\n',
    );
    await eventually(async () => expect(await noted()).toBe("asked\nended\n"));
  },
);

/** Leaves a program's signals waiting for most of the time, as a busy computer does. */
const busy = `if (process.argv[1]?.endsWith("sandbox/index.ts"))
  setInterval(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 150), 1);`;

test("is told of by npm's program as well, however long it takes to listen", async () => {
  const notes = path.join(folder, "notes");
  fakeProgram(folder, "docker", silent(notes));
  writeFileSync(path.join(folder, "busy.cjs"), busy);
  const child = spawn("npm", ["run", "--silent", "sandbox", "--", "status"], {
    cwd: checkout,
    detached: true,
    env: {
      ...process.env,
      PATH: `${folder}:${process.env.PATH}`,
      NODE_OPTIONS: `--require ${path.join(folder, "busy.cjs")}`,
    },
  });
  const said = text(child.stderr);
  await eventually(async () => expect(readFileSync(notes, "utf8")).toBe("asked\n"));
  process.kill(-Number(child.pid), "SIGINT");
  await once(child, "close");
  expect(await said).toMatch(/^Interrupted\. "npm run sandbox" goes on from here/m);
  await eventually(async () => expect(readFileSync(notes, "utf8")).toBe("asked\nended\n"));
});
