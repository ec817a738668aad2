import * as ts from "typescript";

/** A function as a person counts it: from the line on which it begins to that of its closing brace. */
interface FunctionLength {
  kind: "function" | "constructor";
  /** Of a constructor, its class; `(unnamed)` where there is none. */
  name: string;
  /** Where it begins, counted from 1. */
  line: number;
  lines: number;
}

/** All that has a block of statements of its own; an expression is counted by the function it stands in. */
export function functionsOfTypeScript(text: string): FunctionLength[] {
  const source = ts.createSourceFile("file.ts", text, ts.ScriptTarget.Latest, true);
  const found: FunctionLength[] = [];
  const visit = (node: ts.Node): void => {
    if (hasBlock(node)) found.push(measured(node, source));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function hasBlock(node: ts.Node): node is ts.FunctionLikeDeclaration {
  const { body } = node as { body?: ts.Node };
  return ts.isFunctionLike(node) && body !== undefined && ts.isBlock(body);
}

function measured(node: ts.FunctionLikeDeclaration, source: ts.SourceFile): FunctionLength {
  const lineAt = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  // What is said of it above is no part of it.
  const line = lineAt(node.getStart(source));
  const isConstructor = ts.isConstructorDeclaration(node);
  return {
    kind: isConstructor ? "constructor" : "function",
    name: (!isConstructor && nameOf(node)) || nameOf(node.parent) || "(unnamed)",
    line,
    lines: lineAt(node.getEnd()) - line + 1,
  };
}

const nameOf = (node: ts.Node): string => {
  const { name } = node as { name?: ts.Node };
  return name && ts.isIdentifier(name) ? name.text : "";
};

/** The functions of a shell script, as shfmt writes them; those on one line are short. */
export function functionsOfShell(text: string): FunctionLength[] {
  const lines = text.split("\n");
  return lines.flatMap((opening, index) => {
    const [, name] = /^([\w-]+)\(\) [{(]$/.exec(opening) ?? [];
    if (!name) return [];
    const length = lines.slice(index).findIndex((line) => /^[})]/.test(line)) + 1;
    return [{ kind: "function" as const, name, line: index + 1, lines: length }];
  });
}
