import { bringUp, containerIds } from "../support/e2e";
import { send, steps } from "../support/e2e-steps";
import { faultsInTurn } from "../support/fault";
import { failed, image, ofRegistry } from "../support/fault-registry";

beforeAll(() => bringUp({ settings: "any" }));

faultsInTurn("while an image is pulled", [
  ofRegistry.down,
  ofRegistry.missing,
  ofRegistry.silent,
  ofRegistry.stuck,
  ofRegistry.altered,
  ofRegistry.noRoom,
  ofRegistry.noMemory,
  ofRegistry.cut,
]);

it("a release whose digest the registry does not have is not deployed", async () => {
  const [before, { "snikket-stage": step }] = [await containerIds(), await steps()];
  const { stdin = "" } = step ?? {};
  expect(stdin).toContain(`SNIKKET_PROXY_IMAGE=${image}\n`);
  const wrong = stdin.replace(image, `${image}@sha256:${"0".repeat(64)}`);
  const { code, output } = await send(step, wrong);
  expect(code).not.toBe(0);
  expect(output).toMatch(failed);
  expect(await containerIds()).toEqual(before);
});
