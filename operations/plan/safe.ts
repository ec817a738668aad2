const steering = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** One line, fit for a terminal and a comment whoever wrote the text: nothing in it steers, breaks or hides. */
export const safe = (text: string): string =>
  text.replaceAll(steering, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);

/** The same of several lines. */
export const safeLines = (text: string): string => text.split("\n").map(safe).join("\n");

/** Indented JSON without such characters; what reads it has them again. */
export const safeJson = (value: unknown): string =>
  JSON.stringify(value, null, 2).replaceAll(steering, (character) =>
    character === "\n"
      ? character
      : character
          .split("")
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
          .join(""),
  );
