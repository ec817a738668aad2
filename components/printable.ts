/** Text of others made fit for a terminal: one short line without control characters. */
export function printable(text: string, length = 120): string {
  const line = text.replace(/[^\x21-\x7e\u00a1-\u024f]+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}
