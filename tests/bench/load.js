// Loads what the program loads for a provider, as the engine's language host does: by the project's own ts-node and its
// tsconfig.json.
const { readFileSync } = require("node:fs");
const path = require("node:path");

const infra = path.join(__dirname, "../../infra");
process.chdir(infra);
require("ts-node").register({ projectSearchDir: infra });

/** Loaded only where a stack names the provider. */
const hosts = {
  existing: "existing-host",
  oracle: "oracle/oracle-host",
  google: "google/google-host",
};
const [, , provider] = process.argv;

const entry = readFileSync(path.join(infra, "index.ts"), "utf8");
const imported = [...entry.matchAll(/ from "(.+)";/g)].map(([, module]) => module);
if (!imported.length) throw new Error("the entry file imports nothing");
for (const module of [...imported, `../components/host/${hosts[provider]}`]) {
  require(path.join(infra, module));
}
