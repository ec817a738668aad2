import { contract } from "../support/contract";
import { commandPlugins, startCommandPlugin } from "../support/contract-command";
import { type Plugin, type Resource, resource } from "../support/contract-plugin";

contract("local commands of the command plugin", commandPlugins, (program) => {
  let plugin: Plugin;
  let here: Resource;

  beforeAll(async () => {
    plugin = await startCommandPlugin(program());
    here = resource(plugin, "command:local:Command");
  });
  beforeEach(() => plugin.lines.splice(0));
  afterAll(() => plugin.end());

  it("run create, update or create again, and delete", async () => {
    const made = await here.create({ create: "cat; echo err >&2", stdin: "one\n\n" });
    expect(made).toMatchObject({ stdout: "one\n", stderr: "err" });
    const state = { create: "x", stdout: "before", stderr: "" };
    const again = await here.update(state, { create: "x" }, { create: "echo again" });
    expect(again.stdout).toBe("again");
    const both = { create: "false", update: "echo updated" };
    expect((await here.update(state, { create: "x" }, both)).stdout).toBe("updated");
    await here.delete({ ...state, create: "false" });
  });

  it("log as they are asked to", async () => {
    const create = "echo out; echo err >&2";
    await here.create({ create, logging: "stderr" });
    await here.create({ create, logging: "none" });
    expect(plugin.lines).toEqual(["INFO status err"]);
  });

  it("fail with the command and its output, and never with its input", async () => {
    const failed = here.create({ create: "cat >/dev/null; echo no; exit 3", stdin: "hunter2" });
    const text = 'exit status 3: running "cat >/dev/null; echo no; exit 3":\nno\n';
    await expect(failed).rejects.toThrow(new Error(text));
  });

  it("need not read their standard input", async () => {
    const made = await here.create({ create: "exec true", stdin: "x".repeat(1_000_000) });
    expect(made).toMatchObject({ stdout: "", stderr: "" });
  });

  it("name a folder that is not there", async () => {
    const failed = here.create({ create: "true", dir: "/nonexistent" });
    await expect(failed).rejects.toThrow("chdir /nonexistent: no such file or directory");
  });

  it("find their earlier output in their environment, unless told not to", async () => {
    const create = 'echo "$PULUMI_COMMAND_STDOUT"';
    const state = { create, stdout: "before", stderr: "" };
    expect((await here.update(state, { create }, { create })).stdout).toBe("before");
    const inputs = { create, addPreviousOutputInEnv: false };
    expect((await here.update(state, inputs, inputs)).stdout).toBe("");
  });

  it("are killed when their time is over", async () => {
    const failed = here.create({ create: "exec sleep 600" }, { timeout: 1 });
    await expect(failed).rejects.toThrow('signal: killed: running "exec sleep 600"');
  });
});
