import { existsSync, readdirSync, readFileSync } from "node:fs";
import * as path from "node:path";
import { exit } from "../exit";
import { planOf } from "./changes";
import { askNobody, planningEngine, preview } from "./engine";
import { Refusal } from "./refusal";
import type { Plan } from "./schema";
import { type PlannedState, readState } from "./state";
import { environment, makeWorkspace, root, salt, writeProject, writeState } from "./workspace";

const stacks = path.join(root, "stacks");

/**
 * What `pulumi up` would do, by the real engine and with plugins that only plan.
 * @param wanted a stack's name or its file. @default the only stack there is
 * @param stateFile an exported state. @default - all is new
 * @throws Refusal in words for who runs this
 */
export async function makePlan(wanted?: string, stateFile?: string): Promise<Plan> {
  const file = stackFile(wanted);
  const workspace = makeWorkspace();
  const engine = planningEngine(workspace.home);
  // Awaited below, unless a wrong file ends this first.
  engine.catch(() => undefined);
  const text = planned(file);
  const state = stateFile === undefined ? undefined : stateIn(stateFile);
  const stack = stackName(file, wanted, state);
  if (state?.stack && state.stack !== stack)
    throw new Refusal(`${stateFile} holds the state of stack "${state.stack}", not of "${stack}".`);
  writeProject(workspace, stack, text);
  writeState(workspace, stack, state);
  const variables = { ...environment(workspace), ...(await engine) };
  const digest = await preview(stack, workspace.project, variables, askNobody);
  return planOf(digest, {
    stack,
    comparedWith: state ? "state" : "nothing",
    protected: state?.protected ?? new Set(),
    notes: state?.notes ?? [],
  });
}

/** The stack's file, fit for a plan. What reads it is loaded while the engine is being fetched. */
function planned(file: string): string {
  const { planStackFile } = require("./stack-file") as typeof import("./stack-file");
  return naming(file, () => planStackFile(readFileSync(file, "utf8"), salt));
}

const isFile = (wanted: string): boolean => /\.ya?ml$/.test(wanted);
const fileOf = (stack: string): string =>
  path.join(stacks, `Pulumi.${stack.split("/").at(-1)}.yaml`);

function stackFile(wanted: string | undefined): string {
  const own = readdirSync(stacks).filter((name) => /^Pulumi\..+\.yaml$/.test(name));
  const names = own.map((name) => name.slice("Pulumi.".length, -".yaml".length)).join(", ");
  if (wanted === undefined && own.length === 1) return path.join(stacks, String(own[0]));
  if (wanted === undefined)
    throw new Refusal(
      `Which stack? Name it with --stack${names ? `: ${names}` : ", or an example: stacks/oracle.example.yaml"}.`,
      exit.usage,
    );
  const file = isFile(wanted) ? path.resolve(wanted) : fileOf(wanted);
  if (existsSync(file)) return file;
  throw new Refusal(
    `There is no ${fromHere(file)}. ${names ? `Stacks here: ${names}.` : "There is no stack here yet: stacks/*.example.yaml show how to begin."}`,
  );
}

/** An example is not named by its file, so that it can be compared with any state. */
function stackName(file: string, wanted: string | undefined, state?: PlannedState): string {
  if (wanted && isFile(wanted) && state?.stack) return state.stack;
  const name = path
    .basename(file)
    .replace(/^Pulumi\./, "")
    .replace(/(\.example)?\.ya?ml$/, "");
  return name.replaceAll(/[^A-Za-z0-9_.-]/g, "-") || "plan";
}

const stateIn = (file: string): PlannedState =>
  naming(file, () => readState(readFileSync(file, "utf8"), installed, salt));

/** Version of a provider that npm installed. */
function installed(provider: string): string | undefined {
  const file = path.join(root, "node_modules/@pulumi", provider, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}

/** As a person would write it. */
function fromHere(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") ? file : relative;
}

/** Says which file is meant. */
function naming<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    if (!(error instanceof Refusal || code)) throw error;
    throw new Refusal(`${fromHere(file)} ${code ? `cannot be read: ${message}` : message}`);
  }
}
