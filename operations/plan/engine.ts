import { type ChildProcess, spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { exit } from "../exit";
import { Refusal } from "./refusal";
import { root } from "./workspace";

/** What `pulumi preview --json` prints. Source: pulumi/pulumi, pkg/display/json.go. */
export interface Digest {
  steps?: DigestStep[];
  diagnostics?: { severity: string; message: string }[];
}

export interface DigestStep {
  op: string;
  urn: string;
  oldState?: DigestState;
  newState?: DigestState;
  detailedDiff?: Record<string, { kind: string }> | null;
  /** Top-level properties that differ. */
  diffReasons?: string[];
  /** Those of them that make it another thing. */
  replaceReasons?: string[];
}

export interface DigestState {
  type: string;
  custom?: boolean;
  protect?: boolean;
  /** A value of the program's own choice: another one makes another thing. */
  replacementTrigger?: unknown;
  inputs?: Record<string, unknown>;
}

/**
 * Puts an engine with plugins that only plan into `home`, and gives the variables that make it work. It is started
 * as a process: nothing of the sandbox is part of the product.
 */
export async function planningEngine(home: string): Promise<Record<string, string>> {
  const args = ["--require", "tsx/cjs", "sandbox/models.ts", home];
  // To build an engine takes minutes: what is being done, and what is missing, is said as it comes.
  const { code, stdout } = await run(process.execPath, args, root, process.env, "inherit");
  if (code === 0) return JSON.parse(stdout);
  const words = "Without the engine there is no plan.";
  throw new Refusal(words, code === exit.missing ? exit.missing : exit.failed);
}

/** Pulumi.yaml asks for a look at what is there; where there is nobody to be asked, this keeps the engine from it. */
export const askNobody = ["--refresh=false"];

/**
 * Has the engine say what it would do, where something protected would be replaced as well; changes nothing.
 * @param more options of `pulumi preview`
 * @throws Refusal in the program's or the engine's own words where something stops it
 */
export async function preview(
  stack: string,
  project: string,
  environment: NodeJS.ProcessEnv,
  more: string[] = [],
): Promise<Digest> {
  const options = ["--json", "--show-sames", "--non-interactive", "--color", "never"];
  const args = ["preview", "--stack", stack, ...options, ...more];
  const { code, stdout, stderr } = await run("pulumi", args, project, environment);
  const digest = digestOf(stdout);
  const mistakes = digest?.diagnostics?.filter(({ severity }) => severity === "error") ?? [];
  const words = mistakes.map(({ message }) => inOwnWords(message)).filter(Boolean);
  const isBlocked = words.length > 0 && words.every(isProtection) && digest?.steps?.length;
  if (digest && (mistakes.length ? isBlocked : code === 0)) return digest;
  const [, damage] = /snapshot integrity failure; refusing to use it: (.*)/.exec(stderr) ?? [];
  if (damage)
    throw new Refusal(
      `The engine finds the state damaged: ${damage}. See: npx pulumi state repair`,
    );
  throw new Refusal([...new Set(words)].join("\n") || stderr.trim() || stdout.trim());
}

/**
 * The one error after which the engine goes on planning; where something else is replaced "as part of" it, the engine
 * says nearly the same and ends. Source: pulumi/pulumi, pkg/resource/deploy/step_generator.go.
 */
const isProtection = (words: string): boolean =>
  /^unable to replace resource "[^"]*"\s+as it is currently marked for protection/.test(words);

/** Without colours, and without the engine's frame around what the program says. */
const inOwnWords = (message: string): string =>
  stripVTControlCharacters(message)
    .trim()
    .replace(/^(error: )+(Preview failed: |preview failed$)?/, "")
    .replace(/^before hook "[^"]+" failed: /, "");

function digestOf(stdout: string): Digest | undefined {
  try {
    return JSON.parse(stdout);
  } catch {
    return undefined;
  }
}

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill();
});

function run(
  program: string,
  args: string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  stderr: "pipe" | "inherit" = "pipe",
) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", stderr] });
    const ended = { code: 1, stdout: "", stderr: "" };
    running.add(child);
    for (const stream of ["stdout", "stderr"] as const)
      child[stream]?.setEncoding("utf8").on("data", (text: string) => {
        ended[stream] += text;
      });
    child.on("error", ({ message }) =>
      reject(new Refusal(`${program} cannot be run: ${message}`, exit.missing)),
    );
    child.on("close", (code) => {
      running.delete(child);
      resolve({ ...ended, code: code ?? 1 });
    });
  });
}
