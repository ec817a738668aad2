import { randomInt } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { total, words } from "./counts";
import { asRoot, holdingDocker, jestInSandbox, jestInSandboxes, type Tests } from "./lanes";
import { runSteps, sayFailures } from "./steps";

/** What became of a fault, as tests/support/fault.ts writes it. */
interface Row {
  name: string;
  /** Seconds until the broken `up` ended; of the next one; and those within which it should. */
  ended: number;
  went: number;
  within: number;
  /** Whether all was as before at the end; absent where there was nothing. */
  same?: boolean;
  said: string;
  /** What a person had to do before the next one, as it was said; absent where nobody had to. */
  byHand?: string;
}

const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length - 1)}…` : text;

function line(name: string, seconds: string[], same: string, said: string): string {
  const figures = seconds.map((figure) => figure.padStart(7)).join(" ");
  return `${cut(name, 70).padEnd(70)} ${figures}  ${same.padEnd(5)} ${said}`;
}

/** @internal exported for its test */
export function table(rows: Row[]): string[] {
  const lines = rows.map(({ name, ended, went, same, said, within, byHand }) => {
    const late = Math.max(ended, went) > within ? "LATE: " : "";
    const equal = same === undefined ? "-" : same ? "yes" : "NO";
    const seconds = [ended, went, within].map((figure) => `${figure} s`);
    const done = byHand ? ` (by hand then: ${byHand})` : "";
    return line(name, seconds, equal, `${cut(`${late}${said}`, 100)}${done}`);
  });
  return [line("fault", ["ended", "next up", "bound"], "same", "said"), ...lines];
}

/**
 * Every fault and the next `up`, then a table of them. FAULT_RUNS says how many lines are cut (50), FAULT_SEED where.
 * With arguments, those of jest: only what they choose.
 */
async function main(chosen: string[]): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "faults-"));
  const rows = path.join(folder, "rows");
  const seed = process.env.FAULT_SEED ?? String(randomInt(1_000_000));
  // At the end as well, but not every run comes to it.
  console.log(`FAULT_SEED=${seed}`);
  const env = { FAULT_SEED: seed, FAULT_ROWS: rows };
  const tests: Tests = { project: "faults", folder, env };
  const lanes = { machine: "1-[^l]", lines: "1-l|2-[cn]", clouds: "2-[^cn]|[34]" };
  const ended = await holdingDocker(() =>
    runSteps(
      chosen.length ? [jestInSandbox("faults", tests, chosen)] : jestInSandboxes(tests, lanes),
    ),
  );
  const all = existsSync(rows) ? readFileSync(rows, "utf8").trim().split("\n") : [];
  const lines = table(all.map((row) => JSON.parse(row)));
  rmSync(folder, { recursive: true });
  console.log(`\n${lines.join("\n")}\n\n${all.length} faults, FAULT_SEED=${seed}`);
  sayFailures(ended);
  const counts = total(ended);
  console.log(words(counts));
  process.exitCode = counts.failed ? 1 : 0;
}

if (require.main === module) asRoot("npm run test:faults", () => main(process.argv.slice(2)));
