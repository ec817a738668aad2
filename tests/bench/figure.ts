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

export const isOver = ({ value, budget }: Figure): boolean =>
  value !== undefined && budget !== undefined && value > budget;

const verdict = (figure: Figure): string => {
  if (figure.value === undefined) return "skipped";
  if (figure.budget === undefined) return "";
  return isOver(figure) ? "OVER" : "within";
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
