/** Text of others made fit for a terminal: one short line without control characters. */
export function printable(text: string, length = 120): string {
  const line = text.replace(/[^\x21-\x7e\u00a1-\u024f]+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length)}…` : line;
}

/** What steers a terminal, breaks its lines or hides. */
export const steering = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text of others with all of it kept: in one line, and what would steer shown by its number. */
export const escaped = (text: string): string =>
  text.replaceAll(steering, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
