import { readFileSync, writeFileSync } from "node:fs";
import { stackFile } from "../../sandbox/stack";
import { operations } from "../support/documented";
import { bringUp, type Ended, expectDone, expectNoTrace } from "../support/e2e";
import { copyOfState, pulumi, up } from "../support/e2e-stack";

const another = "correct horse battery staple";

/** The command of docs/operations.md. */
function documented(): string[] {
  const text = operations();
  const [, words = ""] = /^\| the passphrase \| `npx pulumi (.+?)`/m.exec(text) ?? [];
  expect(words).not.toBe("");
  return words.split(" ");
}

describe("a stack whose passphrase was changed", () => {
  let env: Record<string, string>;
  let changed: Ended;
  /** It has the salt, and the command takes no other file. */
  let kept: string | undefined;

  const unchanged = (more: NodeJS.ProcessEnv = {}) =>
    pulumi(["preview", "--expect-no-changes"], { env: { ...env, ...more } });

  beforeAll(async () => {
    await bringUp({ settings: "any" });
    expectDone(await up());
    env = copyOfState("passphrase");
    kept = readFileSync(stackFile, "utf8");
    changed = await pulumi(documented(), { env, input: `${another}\n` });
    expectDone(changed);
  });
  afterAll(() => {
    if (kept) writeFileSync(stackFile, kept);
  });

  it("is as it was, with the new one", async () => {
    const withNew = { PULUMI_CONFIG_PASSPHRASE: another, PULUMI_CONFIG_PASSPHRASE_FILE: "" };
    expectDone(await unchanged(withNew));
    expect(changed.output).not.toContain(another);
  });

  it("opens with the old one no more, and says so", async () => {
    const ended = await unchanged();
    expect(ended.code).not.toBe(0);
    expect(ended.output).toContain("incorrect passphrase");
    expectNoTrace(ended);
  });
});
