import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { ensureDocker } from "../sandbox/daemon";
import { type Counts, jestCounts, total, words } from "./counts";
import {
  fidelity,
  fidelityFile,
  heldAfter,
  heldFile,
  readHeld,
  refusal,
  type Tested,
} from "./fidelity";
import { holdingDocker } from "./lanes";
import { warn } from "./real";
import { installed, runSteps, type Step } from "./steps";

const usage = `npm run test:contract [-- [--real] [--write | NAME...]]
  --real   on the real plugins and images as well, where they are
  --write  write docs/fidelity.md, instead of failing where it is out of date
  NAME     only suites whose file is called so, such as command or server`;

/** Of a run that got as far as a report. */
function tests(report: string): Tested[] {
  if (!existsSync(report)) return [];
  return JSON.parse(readFileSync(report, "utf8")).testResults.flatMap(
    ({ assertionResults }: { assertionResults: Tested[] }) => assertionResults,
  );
}

/** As of any run of jest, but what was skipped is told once for each reason. */
function countsOf(report: string): Counts {
  const counts = jestCounts(report);
  if (!counts.names) return counts;
  const skipped = tests(report).filter(({ status }) => status === "pending");
  const reasons = skipped.map(({ ancestorTitles: [reason = ""] }) => reason);
  const names = [...new Set(reasons)].map(
    (reason) => `${reason} (${reasons.filter((other) => other === reason).length} clauses)`,
  );
  return { ...counts, names };
}

/** Writes the document, where the run allows it. @param failed how much of the run did */
function written(report: string, failed: number): Counts {
  const run = tests(report);
  const why = refusal(run, failed);
  if (why) {
    console.log(`docs/fidelity.md is not written: ${why}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  writeFileSync(heldFile, `${JSON.stringify(heldAfter(run, readHeld()), null, 2)}\n`);
  writeFileSync(fidelityFile, fidelity());
  return { passed: 1, failed: 0, skipped: 0 };
}

/** Says whether the document is as it would be written. */
function fresh(): Counts {
  const isFresh = readFileSync(fidelityFile, "utf8") === fidelity();
  if (!isFresh)
    console.log("docs/fidelity.md is out of date. Run: npm run test:contract -- --write");
  return { passed: isFresh ? 1 : 0, failed: isFresh ? 0 : 1, skipped: 0 };
}

function suites(report: string, names: string[]): Step {
  const patterns = names.map((name) => `tests/contract/${name}`).join("|");
  const command: Step["command"] = [
    installed("jest"),
    ...["--selectProjects", "contract", "--runInBand", "--json", "--outputFile", report],
    ...(patterns ? ["--testPathPatterns", patterns] : []),
  ];
  return { name: "contracts", command, count: () => countsOf(report), live: true };
}

/** Some of them need none, and run where there is none. */
const withDocker = <T>(work: () => Promise<T>): Promise<T> =>
  holdingDocker(async () => {
    await ensureDocker({ install: false }).catch(({ message }: Error) => console.log(message));
    return work();
  });

/** The contracts of the stand-ins; the last line is the total. */
async function main({ real, write, names }: Options): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), "contract-"));
  const report = path.join(folder, "contract.json");
  if (real) process.env.SNIKKET_CONTRACT_REAL = "1";
  const ran = await withDocker(() => runSteps([suites(report, names)]));
  const { failed } = total(ran);
  const all = total([...ran, write ? written(report, failed) : fresh()]);
  rmSync(folder, { recursive: true });
  if (real) for (const name of ran.flatMap(({ names = [] }) => names)) warn(`not tried: ${name}`);
  console.log(words(all));
  process.exitCode = all.failed ? 1 : 0;
}

interface Options {
  real: boolean;
  write: boolean;
  names: string[];
}

function readOptions(): Options | undefined {
  const flag = { type: "boolean", default: false } as const;
  try {
    const { values, positionals: names } = parseArgs({
      options: { real: flag, write: flag },
      allowPositionals: true,
    });
    // The document says of every suite that it holds.
    if (values.write && names.length) throw new Error("--write takes all suites: leave out NAME");
    return { ...values, names };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

const options = readOptions();
if (options) main(options);
