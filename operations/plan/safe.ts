import { escaped, steering } from "../../components/printable";

/** Several lines, fit for a terminal and a comment whoever wrote the text. */
export const safeLines = (text: string): string => text.split("\n").map(escaped).join("\n");

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
