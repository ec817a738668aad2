import fc from "fast-check";
import { confLine } from "../../components/snikket/snikket-conf";
import { bringUp, machine } from "../support/e2e";
import { runOn } from "../support/e2e-steps";

beforeAll(() => bringUp({ settings: "any" }));

/** The variables of a container whose env file has these values, as the machine's Compose reads them. */
async function readBack(values: Record<string, string>): Promise<Record<string, string>> {
  const lines = Object.entries(values).map(([name, text]) => `${confLine(name, text)}\n`);
  const ended = await runOn(
    machine,
    `set -euo pipefail
    cd "$(mktemp -d)"
    trap 'rm -r "$PWD"' EXIT
    base64 -d >snikket.conf <<<${Buffer.from(lines.join("")).toString("base64")}
    echo 'services: { one: { image: none, env_file: snikket.conf } }' >compose.yml
    docker compose --project-name test config --format json`,
  );
  expect(ended).toMatchObject({ code: 0 });
  const { environment } = JSON.parse(ended.stdout).services.one;
  // What is shown is a compose file again, in which $ is doubled.
  return JSON.parse(JSON.stringify(environment).replaceAll("$$", "$"));
}

it("Compose reads every value back unchanged", async () => {
  const value = fc
    .oneof(
      fc.string({ unit: "grapheme", maxLength: 40 }),
      fc.string({
        unit: fc.constantFrom("'", '"', "\\", "$", "{", "}", "#", " ", "=", "a", "n", "`"),
        maxLength: 20,
      }),
    )
    .filter((text) => !/[\u0000-\u001f]/.test(text));
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 100 }), async (values) => {
      const wanted = Object.fromEntries(values.map((text, index) => [`V${index}`, text]));
      expect(await readBack(wanted)).toEqual(wanted);
    }),
    { numRuns: 20 },
  );
});
