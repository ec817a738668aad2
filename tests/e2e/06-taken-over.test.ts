import { editsCommand } from "../../components/snikket/edits";
import { bringUp, type Ended } from "../support/e2e";
import { found, secrets } from "../support/e2e-secrets";
import { copyOfState, resources, stackFileWith, up } from "../support/e2e-stack";
import { sshKey } from "../support/ssh-keys";
import { type SshServer, sshServer } from "../support/ssh-server";

describe("a machine that somebody took over", () => {
  const control = "\u001b]0;owned\u0007\u001b[2J";
  let taken: SshServer;
  let ended: Ended;
  let known: Record<string, string>;
  let env: Record<string, string>;

  beforeAll(async () => {
    await bringUp({ settings: "any" });
    taken = await sshServer(sshKey(), sshKey(), {
      lets: "everybody",
      answer: { out: "1.0", err: `ok ${control}\n`, code: 1 },
    });
    const { host: address, port, hostKey } = taken.connection;
    const host = { provider: "existing", address, port, hostKey };
    env = copyOfState("taken");
    known = resources(env);
    ended = await up({ stackFile: stackFileWith("taken", { host }), env });
  });
  // Also where the sandbox was never brought up: what listens keeps the tests from ending.
  afterAll(() => taken?.close());

  it("is asked for nothing but to run a command, and offered the key alone", () => {
    expect(taken.commands.length).toBeGreaterThan(0);
    for (const command of taken.commands)
      if (command !== editsCommand("root"))
        expect(command).toMatch(
          /^bash -s # [0-9a-f]{16}; where no ERROR follows, the line was cut: run pulumi up again$/,
        );
    expect(taken.attempts.filter((kind) => !["none", "publickey"].includes(kind))).toEqual([]);
    expect(taken.asked.filter((kind) => kind !== "session")).toEqual([]);
  });

  it("ends the up, and changes nothing that is known of the server", async () => {
    expect(ended.code).not.toBe(0);
    expect(found(await secrets(), ended.output)).toEqual([]);
    const after = resources(env);
    const lost = Object.keys(known).filter((urn) => !(urn in after));
    expect(lost).toEqual([]);
  });
});
