import { appendFileSync } from "node:fs";
import type { Ended } from "./e2e";
import { firstWords } from "./fault-up";

/** A row of the table. */
interface Row {
  name: string;
  broken: Pick<Ended, "code" | "output" | "seconds">;
  next: Pick<Ended, "seconds">;
  /** Absent where there was nothing before. */
  same?: boolean | undefined;
  /** What is not the same, where that is known. */
  differences?: string[];
  within: number;
  byHand?: string | undefined;
}

/** Puts a row into the table that stands at the end of the run; with FAULT_OUTPUT, all that was said goes into that file. */
export function report({ name, broken, next, same, differences = [], ...more }: Row): void {
  const said = broken.code === 0 ? "(went on in spite of it)" : firstWords(broken);
  const [ended, went] = [broken, next].map(({ seconds }) => Math.round(seconds));
  const { within, byHand } = more;
  const row = JSON.stringify({ name, ended, said, went, same, within, byHand });
  if (process.env.FAULT_OUTPUT)
    appendFileSync(process.env.FAULT_OUTPUT, `\n=== ${name}\n${broken.output}`);
  if (process.env.FAULT_ROWS) appendFileSync(process.env.FAULT_ROWS, `${row}\n`);
  process.stderr.write(`\n  ${[row, ...differences].join("\n  ")}\n`);
}
