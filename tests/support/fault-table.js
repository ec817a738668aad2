const { randomInt } = require("node:crypto");
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const path = require("node:path");

/** Prints at the end what became of each fault, and the seed that draws the same ones again. */
module.exports = class {
  constructor() {
    process.env.FAULT_SEED ??= String(randomInt(1_000_000));
    this.folder = mkdtempSync(path.join(tmpdir(), "faults-"));
    process.env.FAULT_ROWS = path.join(this.folder, "rows");
    writeFileSync(process.env.FAULT_ROWS, "");
  }

  onRunStart() {
    process.stderr.write(`FAULT_SEED=${process.env.FAULT_SEED}\n`);
  }

  onRunComplete() {
    const lines = readFileSync(process.env.FAULT_ROWS, "utf8").trim().split("\n");
    const rows = lines.filter(Boolean).map((line) => JSON.parse(line));
    rmSync(this.folder, { recursive: true });
    const cut = (text, length) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);
    const print = (row) => {
      const [name, ended, went, same, said] = row;
      const figures = `${ended.padStart(7)} ${went.padStart(7)}  ${same.padEnd(5)}`;
      process.stderr.write(`${cut(name, 70).padEnd(70)} ${figures} ${cut(said, 100)}\n`);
    };
    process.stderr.write("\n");
    print(["fault", "ended", "next up", "same", "said"]);
    for (const { name, ended, went, same, said, within } of rows) {
      const late = ended > within ? ` (bound: ${within} s)` : "";
      print([name, `${ended} s`, `${went} s`, same ? "yes" : "NO", `${said}${late}`]);
    }
    process.stderr.write(`\n${rows.length} faults, FAULT_SEED=${process.env.FAULT_SEED}\n`);
  }
};
