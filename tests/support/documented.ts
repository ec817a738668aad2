import { readFileSync } from "node:fs";
import * as path from "node:path";
import { checkout } from "../../sandbox/settings";

/** What people are told to do: tests take their commands from there. */
export const operations = (): string =>
  readFileSync(path.join(checkout, "docs", "operations.md"), "utf8");
