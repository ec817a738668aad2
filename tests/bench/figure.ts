/** One figure beside its budget. */
export interface Figure {
  what: string;
  /** Seconds, a ratio or a count, as the unit says. */
  value: number;
  unit: "s" | "x" | "";
  budget: number;
}

export const row = ({ what, value, unit, budget }: Figure): string =>
  `${value <= budget ? "within" : "OVER  "}  ${what.padEnd(46)} ${value.toFixed(2).padStart(7)} ${unit.padEnd(1)}  of ${budget}`;
