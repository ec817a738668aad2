import { readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { programs } from "../../support/contract-snikket";

const folder = path.join(__dirname, "../../../components/snikket");
const read = (name: string) => readFileSync(path.join(folder, name), "utf8");
const text = readdirSync(folder)
  .filter((name) => /\.(sh|ts)$/.test(name))
  .map(read)
  .join("\n");

type Services = Record<string, { healthcheck: { test: string[] } }>;

const healthChecks = Object.entries(
  parse(read("docker-compose.yml"), { merge: true }).services as Services,
).map(([service, { healthcheck }]) => {
  const [kind, program = ""] = healthcheck.test;
  return [service.replace("snikket_", ""), kind === "CMD" ? program : "sh"] as const;
});

/** What is run in each container, as `docker exec` has it. */
const asked = [
  ...text.matchAll(/docker compose exec -T snikket_(\w+) (\S+)/g),
  ...text.matchAll(/docker exec snikket-?(\w*) ([\w-]+)/g),
].map(([, part = "", program = ""]) => [part || "server", program] as const);

test("what scripts, advice and health checks run in the images is in the table of the contract", () => {
  expect(healthChecks).toHaveLength(4);
  expect(asked.length).toBeGreaterThan(4);
  for (const [part, program] of [...healthChecks, ...asked])
    expect(programs[part as keyof typeof programs]).toContain(program);
});
