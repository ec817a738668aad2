import { execFileSync } from "node:child_process";
import { cloudConfig } from "../../../components/host/cloud-init";
import { sshKey } from "../../support/ssh-keys";

const key = sshKey();
const config = (keepHostKey: boolean) => {
  const [head, body, ...rest] = cloudConfig(
    key.privateKey,
    `${key.publicKey}\n`,
    keepHostKey,
  ).split("\n");
  expect([head, ...rest]).toEqual(["#cloud-config", ""]);
  return JSON.parse(body ?? "");
};

test("is the host key, no passwords and no root, and nothing else", () => {
  expect(config(false)).toEqual({
    ssh_keys: { ed25519_private: key.privateKey, ed25519_public: key.publicKey },
    ssh_pwauth: false,
    disable_root: true,
  });
});

test("gives a private key that ends as OpenSSH wants it, however it came", () => {
  const text = cloudConfig(key.privateKey.trim(), key.publicKey, false);
  expect(JSON.parse(text.split("\n")[1] ?? "").ssh_keys.ed25519_private).toBe(key.privateKey);
});

test("is far below what a cloud takes", () => {
  expect(cloudConfig(key.privateKey, key.publicKey, true).length).toBeLessThan(2000);
});

test("tells Google's agent to keep the key, in the form it reads", () => {
  const [command] = config(true).bootcmd;
  const script = command[2].replace(/>.*/, "");
  expect(command[2]).toMatch(/>\/etc\/default\/instance_configs\.cfg$/);
  expect(execFileSync("sh", ["-c", script], { encoding: "utf8" })).toBe(
    "[InstanceSetup]\nset_host_keys = false\n",
  );
});
