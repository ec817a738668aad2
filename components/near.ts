/** At most three that are two letters away or less, the nearest first. */
export const nearest = (value: string, known: readonly string[]): string[] =>
  known
    .map((name) => ({ name, far: distance(value, name) }))
    .filter(({ far }) => far <= 2)
    .sort((one, other) => one.far - other.far)
    .slice(0, 3)
    .map(({ name }) => name);

/** How many letters to insert, drop or change to make one text of another (Levenshtein's distance). */
export function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (const [line, letter] of [...one].entries()) {
    const next = [line + 1];
    for (const [column, wanted] of [...other].entries()) {
      const changed = (row[column] ?? 0) + (letter === wanted ? 0 : 1);
      next.push(Math.min(changed, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
