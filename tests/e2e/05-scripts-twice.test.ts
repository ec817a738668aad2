import { bringUp, expectDone } from "../support/e2e";
import { deployed, digest, type Steps, send, steps } from "../support/e2e-steps";

let sent: Steps;

beforeAll(async () => {
  await bringUp({ settings: "any" });
  sent = await steps();
});

it("sees what a step could change", async () => {
  const lines = await digest();
  const parts = [
    ...["/etc/snikket/snikket.conf", "/var/lib/snikket/secrets.conf"],
    ...["/usr/local/lib/snikket/firewall.sh", "docker-ce "],
  ];
  for (const part of parts) expect(lines.join("\n")).toContain(part);
  expect(lines.join("\n")).toMatch(/^[0-9a-f]{64} snikket-proxy$/m);
  expect(lines.join("\n")).not.toContain("/data/prosody/");
});

it.each(["host-prepare", "docker-install", "snikket-stage", "snikket-deploy"])(
  "%s, sent a second time, changes nothing",
  async (name) => {
    const before = await digest();
    const ended = await send(sent[name]);
    expectDone(ended);
    const after = await digest();
    expect(after.filter((line) => !before.includes(line))).toEqual([]);
    expect(before.filter((line) => !after.includes(line))).toEqual([]);
  },
);

it("gives the same invitation as before, or none", async () => {
  const again = deployed(sent, (await send(sent["snikket-deploy"])).stdout);
  expect(["", deployed(sent).invitation]).toContain(again.invitation);
});
