import { parseArgs } from "node:util";
import { exit } from "./exit";
import { actions } from "./plan/changes";
import { makePlan } from "./plan/make";
import { Refusal } from "./plan/refusal";
import { render } from "./plan/render";
import { safeJson, safeLines } from "./plan/safe";
import type { Action, Plan } from "./plan/schema";

const usage = `usage: npm run plan -- [--stack NAME|FILE] [--state FILE] [--json] [--detailed-exitcode] [--fail-on ACTION,...]

Shows what pulumi up would do: without an account, a secret or a network. Nothing is changed, and nobody is asked.

  --stack              a stack's name, or a stack file such as stacks/oracle.example.yaml; may be left out where there is one
  --state              what npx pulumi stack export wrote; without it everything is taken for new
  --json               for programs, as npm run -s plan -- --stack NAME --json >FILE: docs/plan.md says what it holds
  --detailed-exitcode  ends with 2 where something changes
  --fail-on            ends with 1 where one of these is planned: ${actions.join(", ")}

Ends with 0 when it is done, 1 when the configuration is wrong or --fail-on holds, 2 when it is used wrongly,
3 when the Pulumi engine is missing and cannot be brought here.`;

/** Where it was asked for. */
const somethingChanges = 2;

interface Options {
  stack?: string | undefined;
  state?: string | undefined;
  json?: boolean | undefined;
  "detailed-exitcode"?: boolean | undefined;
  failOn: Action[];
}

async function main(): Promise<number> {
  const options = read();
  const plan = await makePlan(options.stack, options.state);
  process.stdout.write(options.json ? `${safeJson(plan)}\n` : render(plan));
  return judge(plan, options);
}

function read(): Options {
  const { values, positionals } = parsed();
  const { "fail-on": list, stack, ...others } = values;
  const stacks = stack ? [stack, ...positionals] : positionals;
  if (stacks.length > 1) throw misused(`One stack at a time, and not ${stacks[1]} as well`);
  const failOn = list === undefined ? [] : list.split(",");
  const wrong = failOn.find((word) => !isAction(word));
  if (wrong !== undefined)
    throw misused(`--fail-on takes ${actions.join(", ")}, and not ${JSON.stringify(wrong)}`);
  return { ...others, stack: stacks[0], failOn: failOn.filter(isAction) };
}

function parsed() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        stack: { type: "string" },
        state: { type: "string" },
        json: { type: "boolean" },
        "detailed-exitcode": { type: "boolean" },
        "fail-on": { type: "string" },
      },
    });
  } catch (error) {
    throw misused((error as Error).message);
  }
}

const misused = (reason: string) => new Refusal(`${usage}\n\n${reason}`, exit.usage);

const isAction = (text: string): text is Action => (actions as readonly string[]).includes(text);

function judge(plan: Plan, { failOn, "detailed-exitcode": detailed }: Options): number {
  const refused = failOn.flatMap((wanted) => {
    const names = plan.resources.filter(({ action }) => action === wanted).map(({ name }) => name);
    return names.length ? [`--fail-on ${wanted}: this is planned for ${names.join(", ")}.`] : [];
  });
  for (const sentence of refused) console.error(sentence);
  if (refused.length) return exit.failed;
  return detailed && plan.resources.length ? somethingChanges : exit.done;
}

const started = Date.now();
const progress = setInterval(() => {
  console.error(`still planning: ${Math.round((Date.now() - started) / 1000)} s`);
}, 10_000);

// What is temporary goes when this ends, however that is.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));

main()
  .catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
    console.error(safeLines(error.message));
    return error.exitCode;
  })
  .then((code) => {
    process.exitCode = code;
  })
  .finally(() => clearInterval(progress));
