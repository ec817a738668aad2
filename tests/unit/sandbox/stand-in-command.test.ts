import effects from "../../../sandbox/stand-ins/command/effects";
import type { Step } from "../../../sandbox/stand-ins/frame";

const local = effects["command:local:Command"];

function step(inputs: Step["inputs"], state: Step["state"] = {}) {
  const lines: string[] = [];
  const { signal } = new AbortController();
  const log: Step["log"] = (severity, message, kind) =>
    lines.push(`${severity} ${kind ?? "kept"} ${message}`);
  const known = { name: "near", type: "command:local:Command", id: "", config: {} };
  return { step: { ...known, inputs, state, signal, log }, lines };
}

describe("local.Command", () => {
  it("feeds standard input, returns both outputs without their last newline, and logs lines", async () => {
    const { step: given, lines } = step({ create: "cat; echo err >&2", stdin: "one\n\ntwo\n\n" });
    expect(await local.create(given)).toEqual({ stdout: "one\n\ntwo\n", stderr: "err" });
    expect(lines).toEqual(expect.arrayContaining(["INFO status one", "INFO status err"]));
  });

  it.each([
    ["none", []],
    ["stderr", ["INFO status err"]],
  ])("logs as asked: %s", async (logging, expected) => {
    const { step: given, lines } = step({ create: "echo out; echo err >&2", logging });
    await local.create(given);
    expect(lines).toEqual(expected);
  });

  it("fails with the command and its output, never with its input", async () => {
    const { step: given } = step({ create: "cat >/dev/null; echo no; exit 3", stdin: "hunter2" });
    const text = 'exit status 3: running "cat >/dev/null; echo no; exit 3":\nno\n';
    await expect(local.create(given)).rejects.toThrow(new Error(text));
  });

  it("survives a command that does not read its input", async () => {
    const { step: given } = step({ create: "exec true", stdin: "x".repeat(1_000_000) });
    expect(await local.create(given)).toEqual({ stdout: "", stderr: "" });
  });

  it("names a folder that is not there", async () => {
    const { step: given } = step({ create: "true", dir: "/nonexistent" });
    await expect(local.create(given)).rejects.toThrow(
      'chdir /nonexistent: no such file or directory: running "true":',
    );
  });

  it("updates with update, else with create", async () => {
    const inputs = { create: "echo created", addPreviousOutputInEnv: false };
    expect(await local.update(step(inputs).step)).toMatchObject({ stdout: "created" });
    const both = { ...inputs, update: "echo updated" };
    expect(await local.update(step(both).step)).toMatchObject({ stdout: "updated" });
  });

  it("hands over the previous output unless told not to", async () => {
    const create = 'echo "$PULUMI_COMMAND_STDOUT"';
    const state = { stdout: "before" };
    expect(await local.update(step({ create }, state).step)).toMatchObject({ stdout: "before" });
    const inputs = { create, addPreviousOutputInEnv: false };
    expect(await local.update(step(inputs, state).step)).toMatchObject({ stdout: "" });
  });

  it("does nothing on delete without a delete command", async () => {
    await local.delete(step({ create: "exit 1" }).step);
  });

  it("is killed when the run is cancelled", async () => {
    const { step: given } = step({ create: "exec sleep 60" });
    const timely = { ...given, signal: AbortSignal.timeout(100) };
    await expect(local.create(timely)).rejects.toThrow('signal: killed: running "exec sleep 60"');
  });
});
