import { cpus, release, totalmem } from "node:os";
import * as path from "node:path";
import { version } from "../../package.json";
import { type Figure, isOver, tableRow } from "./figure";
import { root } from "./measure";

/** Where the figures are kept to be read. */
export const document = path.join(root, "docs/performance.md");

export const thisComputer = (): string =>
  `${cpus().length} x ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node.js ${process.version}`;

/**
 * The document, with the figures of one run.
 * @throws Error where one is over its budget and does not say why
 */
export function performance(figures: Figure[]): string {
  const silent = figures.filter((figure) => isOver(figure) && !figure.note);
  if (silent.length)
    throw new Error(
      `Over its budget without a note that says why: ${silent.map(({ what }) => what).join(", ")}`,
    );
  return text(figures);
}

const text = (figures: Figure[]): string => `# Performance

Written by \`npm run bench -- --write\`: one run, on one computer, with the sandbox instead of a cloud and a network. Ratios and differences are taken
in turn (A B A B …), so that a computer whose speed drifts is fair to both; those of a first up alone are of one run each, the one after the other.
They mean something elsewhere, plain seconds do not.

Measured with version ${version} on ${new Date().toISOString().slice(0, 10)}, by ${thisComputer()}.

| what | figure | budget | | note |
| --- | --: | --: | --- | --- |
${figures.map(tableRow).join("\n")}
`;
