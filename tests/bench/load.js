// Loads the program as the engine's language host does: by the project's own ts-node and its tsconfig.json.
process.chdir(`${__dirname}/../../infra`);
require("ts-node").register({ projectSearchDir: process.cwd() });
const pulumi = require("@pulumi/pulumi");
const ssh2 = require("ssh2");

const { private: key } = ssh2.utils.generateKeyPairSync("ed25519");
const hostKey = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}`;
pulumi.runtime.setAllConfig({
  "snikket:domain": "chat.example.org",
  "snikket:adminEmail": "admin@example.org",
  "snikket:host": JSON.stringify({ provider: "existing", address: "198.51.100.7", hostKey }),
  "snikket:dns": JSON.stringify({ provider: "manual" }),
  "snikket:sshPrivateKey": key,
});
pulumi.runtime
  .setMocks(
    {
      newResource: ({ name, inputs }) => ({ id: name, state: inputs }),
      call: ({ inputs }) => inputs,
    },
    "snikket",
    "bench",
    true,
  )
  .then(() => {
    // The SDK's own mocks know no hooks.
    pulumi.runtime.getMonitor().registerResourceHook = (_request, done) => done(null, {});
    require("../../infra/index");
  });
