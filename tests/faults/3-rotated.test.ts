import { operations } from "../support/documented";
import { expectDone } from "../support/e2e";
import { bringUpCloud, inConsoles, letFail } from "../support/e2e-cloud";
import { expectPlainWords } from "../support/e2e-families";
import { pulumi, stackFileWithSecret, summary } from "../support/e2e-stack";
import { report } from "../support/fault-report";
import { up } from "../support/fault-up";

beforeAll(() => bringUpCloud("oracle"));
afterEach(() => letFail());

/** The stack's file with an API key for Oracle, known by its fingerprint. */
async function fileWithKey(fingerprint: string): Promise<string> {
  const stackFile = await stackFileWithSecret("oci:privateKey", `the key ${fingerprint}`);
  expectDone(await pulumi(["config", "set", "oci:fingerprint", fingerprint], { stackFile }));
  return stackFile;
}

it("the API key for Oracle is rotated", async () => {
  const [old, now] = ["00:aa", "00:bb"];
  expectDone(await up(await fileWithKey(old)));
  const ids = () => inConsoles().map(({ id }) => id);
  const before = ids();
  const stackFile = await fileWithKey(now);
  letFail({
    when: `with ${old}`,
    error: "401-NotAuthenticated, not provided or incorrect.",
    times: 99,
  });
  const broken = await up(stackFile);
  const next = await pulumi([...documented(), "--yes", "--skip-preview"], { stackFile });
  report({ name: "the API key for Oracle is rotated", broken, next, within: 20 });
  expect(broken.code).not.toBe(0);
  expect(broken.output).toContain("401-NotAuthenticated");
  expect(broken.output).not.toContain("the key");
  expectPlainWords(broken);
  expectDone(next);
  const last = await up(stackFile);
  expectDone(last);
  expect(Object.keys(summary(last))).toEqual(["unchanged"]);
  expect(ids()).toEqual(before);
});

/** The command of docs/operations.md, once the new key stands in the stack's file. */
function documented(): string[] {
  const text = operations();
  const [, words = ""] =
    /^\| Cloudflare's token, a cloud's key.*`npx pulumi (up .+?)`/m.exec(text) ?? [];
  expect(words).not.toBe("");
  return words.split(" ");
}
