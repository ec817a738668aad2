import fc from "fast-check";

/** Any character, as fast-check's "binary", which first makes a list of all the million. */
export const anyCharacter = fc.integer({ min: 0, max: 0x10ffff - 0x800 }).map(
  (code) => String.fromCodePoint(code < 0xd800 ? code : code + 0x800),
  // So far as it needs them back: it mixes in words such as __proto__.
  (character) => String(character).codePointAt(0) ?? -1,
);
