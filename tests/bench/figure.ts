/** One figure, beside its budget where it has one. */
export interface Figure {
  what: string;
  /** Seconds, a ratio, megabytes or a count, as the unit says; nothing where it could not be taken. */
  value: number | undefined;
  unit: "s" | "x" | "MB" | "";
  budget?: number;
  /** Why it could not be taken, or what explains it. */
  note?: string;
}

const verdict = ({ value, budget }: Figure): string => {
  if (value === undefined) return "skipped";
  if (budget === undefined) return "";
  return value <= budget ? "within" : "OVER";
};

const number = ({ value, unit }: Figure): string =>
  value === undefined ? "-" : `${value.toFixed(unit === "" ? 0 : 2)} ${unit}`.trim();

/** A line on the terminal. */
export function row(figure: Figure): string {
  const { what, budget, note } = figure;
  const limit = budget === undefined ? "" : `of ${budget}`;
  return `${verdict(figure).padEnd(8)}${what.padEnd(52)} ${number(figure).padStart(10)}  ${limit.padEnd(7)}${note ?? ""}`.trimEnd();
}

/** A row of a table in Markdown. */
export function tableRow(figure: Figure): string {
  const { what, budget, note } = figure;
  return `| ${[what, number(figure), budget ?? "", verdict(figure), note ?? ""].join(" | ")} |`;
}
