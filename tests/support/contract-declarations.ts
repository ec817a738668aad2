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

/** The plain inputs of a type, as the compiler's own parser reads them: the stand-ins have a reading of their own. */
export function plainInputs(type: string): PlainInput[] {
  const [sdk = "", place = "", name] = type.split(":");
  const folder = path.dirname(require.resolve(`@pulumi/${sdk}/package.json`));
  const file = path.join(folder, place.replace(/^index\//, "").replace(/^\w+\//, lower));
  const text = readFileSync(`${file}.d.ts`, "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const args = source.statements
    .filter(ts.isInterfaceDeclaration)
    .find((one) => one.name.text === `${name}Args`);
  const inputs: ts.PropertySignature[] = [];
  for (const member of args?.members ?? []) if (ts.isPropertySignature(member)) inputs.push(member);
  return inputs.flatMap((one) => {
    const [, plain = ""] = plainType.exec(one.type?.getText() ?? "") ?? [];
    const values = valuesOf[plain];
    return values ? [{ name: one.name.getText(), values, replaces: saysOf(sdk, one) }] : [];
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
