/**
 * What an SDK's own declarations say of a resource type. They are generated, in one form, so their
 * text is read; the compiler would take seconds for the largest of them.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Declared } from "./model";

/** Reads of a type such as `oci:Core/instance:Instance`; `undefined` if the SDK has none. */
export function declared(type: string): Declared | undefined {
  const [sdk = "", place = "", name] = type.split(":");
  const folder = path.dirname(require.resolve(`@pulumi/${sdk}/package.json`));
  const [module = "", stem = ""] = place.split("/");
  const file = path.join(folder, module === "index" ? "" : module.toLowerCase(), stem);
  if (!existsSync(`${file}.d.ts`)) return undefined;
  const text = readFileSync(`${file}.d.ts`, "utf8");
  const outputs = members(block(text, `export declare class ${name} `));
  const inputs = members(block(text, `export interface ${name}Args `));
  const isInput = (of: string) => inputs.some((input) => input.name === of);
  const types = path.join(folder, "types/input.d.ts");
  const [, secret = ""] =
    /additionalSecretOutputs: \[(.*?)\]/.exec(readFileSync(`${file}.js`, "utf8")) ?? [];
  return {
    inputs: inputs.map(({ name }) => name),
    required: inputs.filter(({ optional }) => !optional).map(({ name }) => name),
    // An input that is left out comes back computed, unless it may stay undefined.
    computed: outputs
      .filter(({ name, type }) => !isInput(name) || !type.includes("| undefined"))
      .map(({ name }) => name),
    secret: [...secret.matchAll(/\w+/g)].map(String),
    replaces: Object.fromEntries(statements(sdk, types, inputs)),
  };
}

interface Member {
  name: string;
  optional: boolean;
  type: string;
  /** The text before it, in one line. */
  says: string;
}

/** The lines inside the braces that follow `head`, which end where a line is as far left as `head`. */
function block(text: string, head: string): string {
  const start = text.indexOf(head);
  if (start < 0) return "";
  const indent = /\n( *)$/.exec(text.slice(0, start))?.[1] ?? "";
  return text.slice(text.indexOf("\n", start) + 1, text.indexOf(`\n${indent}}`, start) + 1);
}

function members(lines: string): Member[] {
  const indent = /^ */.exec(lines)?.[0];
  const member = new RegExp(
    `^${indent}(?:/\\*\\*((?:(?!\\*/)[^])*)\\*/\\n${indent})?(?:readonly )?(\\w+)(\\??): ([^]*?);$(?!\\n${indent}[ }])`,
    "gm",
  );
  return [...lines.matchAll(member)].map(([, says = "", name = "", mark, type = ""]) => ({
    name,
    optional: mark === "?",
    type,
    says: says.replace(/\s+\*?\s*/g, " "),
  }));
}

/** Oracle's comments name what can be updated, the other SDKs' here and there what cannot. */
function statement(sdk: string, says: string): boolean | undefined {
  if (sdk === "oci") return says === "" ? undefined : !/\(Updatable\b/.test(says);
  return /forces (a new resource|the instance to be recreated)|recreated to modify/.test(says)
    ? true
    : undefined;
}

const texts = new Map<string, string>();

/** Whether a change makes another resource, by the paths of all inputs that say so. */
function statements(
  sdk: string,
  types: string,
  inputs: Member[],
  above = "",
): [path: string, replaces: boolean][] {
  const text = texts.get(types) ?? readFileSync(types, "utf8");
  texts.set(types, text);
  return inputs.flatMap(({ name, type, says }) => {
    const replaces = statement(sdk, says);
    const [, module, nested] = /inputs\.(?:(\w+)\.)?(\w+)/.exec(type) ?? [];
    const place = module ? block(text, `export declare namespace ${module} `) : text;
    const inside = nested ? members(block(place, `interface ${nested} `)) : [];
    const own: [string, boolean][] = replaces === undefined ? [] : [[above + name, replaces]];
    return [...own, ...statements(sdk, types, inside, `${above}${name}.`)];
  });
}
