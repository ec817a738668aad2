import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
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
