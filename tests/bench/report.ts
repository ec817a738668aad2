import { writeFileSync } from "node:fs";
import { document, performance, thisComputer } from "./document";
import { type Figure, row } from "./figure";

interface Wanted {
  /** As one JSON text on standard output; the table then goes to standard error. */
  json: boolean;
  /** Into the document. */
  write: boolean;
}

/** Takes the figures, and shows each at once: it takes long, and somebody may end it. */
export async function report(
  measurements: (() => Promise<Figure[]>)[],
  { json, write }: Wanted,
): Promise<void> {
  const figures: Figure[] = [];
  const say = json ? console.error : console.log;
  say(thisComputer());
  for (const measure of measurements) {
    const more = await measure();
    figures.push(...more);
    say(more.map(row).join("\n"));
    if (write) writeFileSync(document, performance(figures));
  }
  if (json) console.log(JSON.stringify(figures, undefined, 2));
}
