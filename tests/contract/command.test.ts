import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { contract } from "../support/contract";
import {
  commandPlugins,
  type Machine,
  secret,
  startCommandPlugin,
  startMachine,
} from "../support/contract-command";
import { type Plugin, type Properties, type Resource, resource } from "../support/contract-plugin";

const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

contract("the command plugin", commandPlugins, (program) => {
  let plugin: Plugin;
  let machine: Machine;
  let there: Resource;
  /** A command as the program sends it. */
  const inputs = (more: Properties = {}): Properties => ({
    ...{ create: "true", connection: secret(machine.connection), triggers: ["1"] },
    ...{ addPreviousOutputInEnv: false, logging: "stderr", ...more },
  });

  beforeAll(async () => {
    [plugin, machine] = await Promise.all([startCommandPlugin(program()), startMachine()]);
    there = resource(plugin, "command:remote:Command");
  });
  beforeEach(() => plugin.lines.splice(0));
  afterAll(async () => {
    plugin.end();
    await machine.group.remove();
  });

  describe("plans", () => {
    it("accepts what the program sends, and values that are not known yet", async () => {
      expect(
        await there.failures(inputs({ stdin: secret("s"), delete: "d", update: "u" })),
      ).toEqual([]);
      expect(await there.failures(inputs({ connection: unknown, stdin: unknown }))).toEqual([]);
    });

    it("refuses an input or a part of a connection that it does not know, by name", async () => {
      expect(await there.failures(inputs({ creat: "x" }))).toEqual([
        expect.stringMatching(/^creat: Unrecognized field 'creat'/),
      ]);
      const connection = secret({ ...machine.connection, hst: "x" });
      expect(await there.failures(inputs({ connection }))).toEqual([
        expect.stringMatching(
          /^connection: [\s\S]*Unrecognized field 'hst' on 'remote.Connection'/,
        ),
      ]);
    });

    it("refuses a command without a connection, and a connection without a host", async () => {
      expect(await there.failures({ create: "true" })).toEqual([
        expect.stringMatching(/^connection: Missing required field 'connection'/),
      ]);
      expect(await there.failures(inputs({ connection: secret({ user: "root" }) }))).toEqual([
        expect.stringMatching(
          /^connection: [\s\S]*Missing required field 'host' on 'remote.Connection'/,
        ),
      ]);
    });

    it("runs nothing again while no input has changed", async () => {
      expect(await there.diff(inputs(), inputs())).toEqual({ changed: [], replaces: [] });
    });

    it("updates in place for any changed, added or removed input but its triggers", async () => {
      const changes = { create: "false", update: "x", delete: "x", stdin: "x", logging: "none" };
      const connection = secret({ ...machine.connection, port: 2222 });
      for (const [name, value] of Object.entries({ ...changes, connection })) {
        const one = [inputs(), inputs({ [name]: value })] as const;
        for (const [old, now] of [one, [one[1], one[0]]] as const)
          expect(await there.diff(old, now)).toEqual({ changed: [name], replaces: [] });
      }
    });

    it("says that its triggers changed, for which the SDK has the engine replace it", async () => {
      const { changed } = await there.diff(inputs(), inputs({ triggers: ["2"] }));
      expect(changed).toEqual(["triggers"]);
      const sdk = readFileSync(require.resolve("@pulumi/command/remote/command"), "utf8");
      expect(sdk).toContain('replaceOnChanges: ["triggers[*]"]');
    });

    it("foresees no output of a new command", async () => {
      const planned = await there.create(inputs(), { preview: true });
      expect(planned).toMatchObject({ stdout: unknown, stderr: unknown, create: "true" });
    });

    it("foresees the old output where nothing changed, and none where an earlier input did", async () => {
      const old = inputs({ stdin: "a" });
      const state = { ...old, stdout: "out", stderr: "" };
      expect(await there.update(state, old, old, true)).toMatchObject({ stdout: "out" });
      const now = inputs({ stdin: "b" });
      expect(await there.update(state, old, now, true)).toMatchObject({ stdout: unknown });
    });
  });

  describe("secrets", () => {
    it("keeps the connection secret, and an input that came as one", async () => {
      const made = await there.create(inputs({ create: "cat", stdin: secret("hush") }));
      expect(made).toMatchObject({ stdin: secret("hush"), connection: secret(machine.connection) });
      expect(made.stdout).toBe("hush"); // the program asks the engine to keep it secret
    });

    it("fails with the command and its output, and never with its input", async () => {
      const create = "cat >/dev/null; echo no; echo why >&2; exit 3";
      const failed = there.create(inputs({ create, stdin: secret("hunter2") }));
      const text = await failed.catch(({ message }) => message);
      expect(text).toMatch(/^Process exited with status 3: running "cat >\/dev\/null; [\s\S]*":\n/);
      expect(text.split(":\n")[1].split("\n").sort()).toEqual(["", "no", "why"]);
      expect(text + plugin.lines).not.toContain("hunter2");
    });
  });

  describe("commands on a machine", () => {
    it("run create, and give both outputs without their last newline", async () => {
      const made = await there.create(
        inputs({ create: "cat; echo err >&2", stdin: "one\n\ntwo\n\n" }),
      );
      expect(made).toMatchObject({ stdout: "one\n\ntwo\n", stderr: "err" });
    });

    it("run update where there is one, else create again", async () => {
      const old = inputs({ create: "echo created" });
      const state = { ...old, stdout: "created", stderr: "" };
      const again = inputs({ create: "echo again" });
      expect(await there.update(state, old, again)).toMatchObject({ stdout: "again" });
      const both = { ...again, update: "echo updated" };
      expect(await there.update(state, old, both)).toMatchObject({ stdout: "updated" });
    });

    it("run delete when they go, and nothing where there is none", async () => {
      const state = { ...inputs(), stdout: "", stderr: "" };
      await there.delete({ ...state, delete: "echo gone >/tmp/gone" });
      expect(await machine.group.shell("machine", "cat /tmp/gone")).toBe("gone");
      await there.delete({ ...state, create: "false" });
    });

    it("take 1 MB of standard input whole", async () => {
      const stdin = "0123456789abcde\n".repeat(65_536);
      const { stdout } = await there.create(inputs({ create: "md5sum; wc -c </dev/null", stdin }));
      expect(stdout).toContain(createHash("md5").update(stdin).digest("hex"));
    });

    it("need not read their standard input", async () => {
      const made = await there.create(
        inputs({ create: "exec true", stdin: "x".repeat(1_000_000) }),
      );
      expect(made.stdout).toBe("");
    });

    it("give a line of 70 KB whole, where it is not logged", async () => {
      const create = "head -c 70000 /dev/zero | tr '\\0' x";
      const { stdout } = await there.create(inputs({ create }));
      expect(stdout).toBe("x".repeat(70_000));
    });

    it("show the lines that are to be logged, and keep none of them", async () => {
      await there.create(inputs({ create: "echo out; echo one >&2; printf two >&2" }));
      expect(plugin.lines).toEqual(["INFO status one", "INFO status two"]);
      plugin.lines.splice(0);
      await there.create(inputs({ create: "echo out; echo err >&2", logging: "none" }));
      expect(plugin.lines).toEqual([]);
    });

    it("say which signal ended them", async () => {
      const killed = there.create(inputs({ create: "kill -TERM $$" }));
      await expect(killed).rejects.toThrow("Process exited with status 143 from signal TERM");
    });

    it("fail for a variable that a stock SSH server does not take, and run with one that it does", async () => {
      const create = "echo $LC_FAMILY";
      const refused = there.create(inputs({ create, environment: { FAMILY: "x" } }));
      await expect(refused).rejects.toThrow('could not set environment variable "FAMILY"');
      const made = await there.create(inputs({ create, environment: { LC_FAMILY: "y" } }));
      expect(made.stdout).toBe("y");
    });

    it("warn of earlier output that cannot be handed over, unless told not to hand it over", async () => {
      const old = inputs({ addPreviousOutputInEnv: true });
      const state = { ...old, stdout: "before", stderr: "" };
      await there.update(state, old, { ...old, create: "echo on" });
      expect(plugin.lines).toEqual([
        expect.stringMatching(/^WARNING kept Unable to set 'PULUMI_COMMAND_STDOUT'/),
      ]);
      plugin.lines.splice(0);
      await there.update(state, old, inputs({ create: "echo on" }));
      expect(plugin.lines).toEqual([]);
    });
  });
});
