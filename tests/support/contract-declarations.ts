import { readFileSync } from "node:fs";
import * as path from "node:path";
import ts from "typescript";

/** An input that is one plain value. */
export interface PlainInput {
  name: string;
  /** Two values of its type. */
  values: [unknown, unknown];
  /** Whether a change makes another resource; nothing where its comment does not say. */
  replaces: boolean | undefined;
}

const valuesOf: Record<string, [unknown, unknown]> = {
  string: ["a", "b"],
  number: [1, 2],
  boolean: [false, true],
};

const plainType = /^pulumi\.Input<(\w+)( \| undefined)?>$/;

/** What an SDK declares of a type, as the compiler's own parser reads it: the stand-ins have a reading of their own. */
function read(type: string) {
  const [sdk = "", place = "", name] = type.split(":");
  const folder = path.dirname(require.resolve(`@pulumi/${sdk}/package.json`));
  const file = path.join(folder, place.replace(/^index\//, "").replace(/^\w+\//, lower));
  const text = readFileSync(`${file}.d.ts`, "utf8");
  const { statements } = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const args = statements.filter(ts.isInterfaceDeclaration).find(isCalled(`${name}Args`));
  const resource = statements.filter(ts.isClassDeclaration).find(isCalled(`${name}`));
  return {
    sdk,
    inputs: [...(args?.members ?? [])].filter(ts.isPropertySignature),
    outputs: [...(resource?.members ?? [])]
      .filter(ts.isPropertyDeclaration)
      .filter((one) => /^pulumi\.Output</.test(typeOf(one))),
  };
}

const isCalled =
  (wanted: string) =>
  ({ name }: ts.InterfaceDeclaration | ts.ClassDeclaration): boolean =>
    name?.text === wanted;

const nameOf = (one: ts.PropertySignature | ts.PropertyDeclaration): string => one.name.getText();
const typeOf = (one: ts.PropertySignature | ts.PropertyDeclaration): string =>
  one.type?.getText() ?? "";

/** Names of what a resource takes and has. */
export interface Declaration {
  inputs: string[];
  required: string[];
  /** What each has, whatever was left out. */
  outputs: string[];
}

export function declaration(type: string): Declaration {
  const { inputs, outputs } = read(type);
  return {
    inputs: inputs.map(nameOf),
    required: inputs.filter((one) => !one.questionToken).map(nameOf),
    outputs: outputs.filter((one) => !/\| undefined>$/.test(typeOf(one))).map(nameOf),
  };
}

/** The plain inputs of a type. */
export function plainInputs(type: string): PlainInput[] {
  const { sdk, inputs } = read(type);
  return inputs.flatMap((one) => {
    const [, plain = ""] = plainType.exec(typeOf(one)) ?? [];
    const values = valuesOf[plain];
    return values ? [{ name: nameOf(one), values, replaces: saysOf(sdk, one) }] : [];
  });
}

const lower = (text: string): string => text.toLowerCase();

/** Oracle's comments mark what can be updated; the others', here and there, what cannot. */
function saysOf(sdk: string, input: ts.PropertySignature): boolean | undefined {
  const comment = ts
    .getJSDocCommentsAndTags(input)
    .map((one) => ts.getTextOfJSDocComment(one.comment))
    .join(" ");
  if (sdk === "oci" && comment) return !comment.includes("(Updatable");
  return /forces (a new resource|the instance to be recreated)/.test(comment) || undefined;
}
