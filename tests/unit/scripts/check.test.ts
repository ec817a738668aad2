import { spawnSync } from "node:child_process";
import * as path from "node:path";

const root = path.join(__dirname, "../../..");

test("names what is missing in a command that works where no package list was ever fetched", () => {
  const verb = ["--require", "tsx/cjs", "scripts/check.ts"];
  const env = { ...process.env, PATH: "" };
  const { status, stdout } = spawnSync(process.execPath, verb, {
    cwd: root,
    env,
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stdout).toMatch(
    /As root: apt-get update && apt-get install -y git openssl shellcheck shfmt openssh-client\n/,
  );
});
