/** Runs the commands of the `command` plugin: over SSH, or here. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import type { Readable, Writable } from "node:stream";
import type { local, remote } from "@pulumi/command";
import type { Unwrap } from "@pulumi/pulumi";
import type { ClientChannel } from "ssh2";
import type { Effects, Step } from "../frame";

type Inputs = Unwrap<remote.CommandArgs & local.CommandArgs>;

/** A started command: its streams, and in the plugin's words how it failed, if it did. */
interface Running {
  streams: { stdin: Writable; stdout: Readable; stderr: Readable };
  failure: Promise<string | undefined>;
}

type Start = (inputs: Inputs, command: string, step: Step) => Promise<Running>;

const inputsOf = (step: Step) => step.inputs as unknown as Inputs;

const effects = (start: Start): Effects => ({
  create: (step) => run(start, inputsOf(step).create, step),
  update: (step) => run(start, inputsOf(step).update ?? inputsOf(step).create, step),
  delete: (step) => run(start, inputsOf(step).delete, step),
});

async function run(start: Start, command: string | undefined, step: Step) {
  const { stdout = "", stderr = "" } = step.state;
  if (command === undefined) return { stdout, stderr };
  const { stdin = "", logging = "stdoutAndStderr" } = inputsOf(step);
  const { streams, failure } = await start(inputsOf(step), command, step);
  const text = collect(streams, logging, step);
  streams.stdin.on("error", () => undefined); // a command need not read its input
  streams.stdin.end(stdin);
  const failed = await failure;
  text.rest();
  if (failed) throw new Error(`${failed}: running ${JSON.stringify(command)}:\n${text.both}`);
  return { stdout: text.stdout.replace(/\n$/, ""), stderr: text.stderr.replace(/\n$/, "") };
}

function collect(streams: Running["streams"], logging: string, step: Step) {
  let line = "";
  const rest = () => line && step.log("INFO", line, "status");
  const text = { stdout: "", stderr: "", both: "", rest };
  for (const name of ["stdout", "stderr"] as const) {
    streams[name].setEncoding("utf8").on("data", (chunk: string) => {
      text[name] += chunk;
      text.both += chunk;
      if (!logging.toLowerCase().includes(name)) return;
      const lines = (line + chunk).split("\n");
      line = lines.pop() ?? "";
      for (const complete of lines) step.log("INFO", complete, "status");
    });
  }
  return text;
}

const startHere: Start = async (inputs, command, step) => {
  const { interpreter = ["/bin/sh", "-c"], dir = process.cwd() } = inputs;
  const [program = "", ...args] = [...interpreter, command];
  const env = { ...process.env, ...inputs.environment, ...previousOutput(step) };
  const ending = { signal: step.signal, killSignal: "SIGKILL" } as const;
  const child = spawn(program, args, { cwd: dir, env, ...ending });
  const failure = new Promise<string | undefined>((resolve) => {
    child.once("error", ({ name, code, message }: NodeJS.ErrnoException) => {
      if (name === "AbortError") return; // "close" follows
      const missing = existsSync(dir) ? `fork/exec ${program}` : `chdir ${dir}`;
      resolve(code === "ENOENT" ? `${missing}: no such file or directory` : message);
    });
    child.once("close", (code, signal) => {
      if (signal) resolve(`signal: ${signal === "SIGKILL" ? "killed" : signal}`);
      resolve(code === 0 ? undefined : `exit status ${code}`);
    });
  });
  return { streams: child, failure };
};

const startThere: Start = async (inputs, command, step) => {
  // Loaded only where something connects: ssh2 would take a third of the plugin's start.
  const { dial } = require("./dial") as typeof import("./dial");
  const failed = (message: string) => step.log("INFO", message, "status");
  const client = await dial(inputs.connection, { signal: step.signal, failed });
  const env = acceptedEnvironment(inputs, step);
  return new Promise((resolve, reject) => {
    client.exec(command, { env }, (error, channel) => {
      if (error) return reject(error);
      resolve({ streams: channel, failure: failureOf(channel).finally(() => client.end()) });
    });
  });
};

/** Listens at once: a short command's end may come in the same packet as its beginning. */
function failureOf(channel: ClientChannel): Promise<string | undefined> {
  return new Promise((resolve) => {
    let end: string | undefined = "wait: remote command exited without exit status or exit signal";
    channel.once("exit", (code: number | null, signal?: string) => {
      end = code === 0 ? undefined : `Process exited with status ${code ?? signalled(signal)}`;
    });
    channel.once("close", () => resolve(end));
  });
}

function signalled(signal = ""): string {
  const number = constants.signals[signal as NodeJS.Signals] ?? 0;
  return `${128 + number} from signal ${signal.replace(/^SIG/, "")}`;
}

/** As a stock sshd has it: the program's own other names are an error, earlier output a warning. */
function acceptedEnvironment({ environment = {} }: Inputs, step: Step): Record<string, string> {
  const all = Object.entries({ ...environment, ...previousOutput(step) });
  const accepted = all.filter(([key]) => /^(LANG|LC_.*)$/.test(key));
  for (const [key] of all.filter((entry) => !accepted.includes(entry))) {
    const message = `Unable to set '${key}'. This only works if your SSH server is configured to accept these variables via AcceptEnv.`;
    step.log(key in environment ? "ERROR" : "WARNING", message);
    if (key in environment)
      throw new Error(`could not set environment variable "${key}": ssh: setenv failed`);
  }
  return Object.fromEntries(accepted);
}

function previousOutput({ inputs, state }: Step): Record<string, string> {
  if (inputs.addPreviousOutputInEnv === false) return {};
  const previous = { PULUMI_COMMAND_STDOUT: state.stdout, PULUMI_COMMAND_STDERR: state.stderr };
  return Object.fromEntries(Object.entries(previous).filter(([, value]) => value)) as never;
}

export default {
  "command:remote:Command": effects(startThere),
  "command:local:Command": effects(startHere),
};
