// Loads what the program loads, as the engine's language host does: by the project's own ts-node and its tsconfig.json.
const { readFileSync } = require("node:fs");
const path = require("node:path");

const infra = path.join(__dirname, "../../infra");
process.chdir(infra);
require("ts-node").register({ projectSearchDir: infra });

const entry = readFileSync(path.join(infra, "index.ts"), "utf8");
const imported = [...entry.matchAll(/ from "(.+)";/g)].map(([, module]) => module);
if (!imported.length) throw new Error("the entry file imports nothing");
// The last is loaded where a stack names this provider.
for (const module of [...imported, "../components/host/existing-host"]) {
  require(path.join(infra, module));
}
