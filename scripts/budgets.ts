import { readFileSync } from "node:fs";
import * as path from "node:path";
import { functionsOfShell, functionsOfTypeScript } from "./functions";
import { projectFiles, root, shellScripts } from "./steps";

/** How large things may become; over it, they are two things. */
const perFile = (files: string[], scripts: string[]) => {
  const like = (pattern: RegExp) => files.filter((file) => pattern.test(file));
  return [
    { what: "the entry file", files: like(/^infra\/index\.ts$/), lines: 60 },
    { what: "a component's file", files: like(/^components\/.*\.ts$/), lines: 120 },
    { what: "a script", files: scripts, lines: 100 },
    { what: "the README", files: like(/^README\.md$/), lines: 100 },
  ];
};

/** For each function; what a test describes is none. */
const perFunction = { function: 25, constructor: 60 };

/** Over it, for a reason: one awk program. */
const excepted = ["components/host/firewall-rules.sh place_in_input"];

/**
 * One machine with all its services takes 2,500; two clouds, their network and Cloudflare the rest, but for 50: they
 * tell that Docker's daemon is the sandbox's own and in nobody's use any more, and stop it; and doubt a kept state.
 */
const sandboxLines = 4_210;
/** In the stand-in of a cloud, for each resource type that it knows. */
const perResourceType = 40;
const clouds = ["oci", "gcp", "cloudflare", "tls"];
const runtimeDependencies = 12;

/** In the sandbox, what is configured or generated is no code: that is what it should consist of. */
const noCode =
  /(\.(json|conf|yml|cfg|html|service|v4|mod|sum|d\.ts|cfg\.lua)|\/Dockerfile|\/tmpfiles\.d\/.*|\/nginx\/templates\/\w+)$/;
const comment = /^\s*(\/\/|\/\*|\*|#|--)/;

const text = (file: string): string => readFileSync(path.join(root, file), "utf8");
const lines = (file: string): string[] => text(file).replace(/\n$/, "").split("\n");
const isCode = (line: string): boolean => line.trim() !== "" && !comment.test(line);

/** What is over its budget, one sentence each. */
function overBudget(): string[] {
  const files = projectFiles();
  const scripts = shellScripts();
  const withFunctions = [...files.filter((file) => /^(?!tests\/).*\.ts$/.test(file)), ...scripts];
  return [
    ...perFile(files, scripts).flatMap(longFiles),
    ...withFunctions.flatMap((file) => longFunctions(file, text(file))),
    ...largeSandbox(files),
    ...clouds.flatMap((plugin) => largeStandIn(plugin, textBelow(files, plugin))),
    ...manyDependencies(),
  ];
}

const longFiles = ({ what, files, lines: most }: ReturnType<typeof perFile>[number]): string[] =>
  files
    .filter((file) => lines(file).length > most)
    .map((file) => `${file} has ${lines(file).length} lines; ${what} may have ${most}`);

/** What is too long in a file of TypeScript or shell. */
export function longFunctions(file: string, content: string): string[] {
  return functionsIn(file, content).flatMap(({ kind, name, line, lines }) => {
    const most = perFunction[kind];
    if (lines <= most || excepted.includes(`${file} ${name}`)) return [];
    return [`${file}:${line}: ${kind} ${name} has ${lines} lines; it may have ${most}`];
  });
}

const functionsIn = (file: string, content: string) =>
  file.endsWith(".ts") ? functionsOfTypeScript(content) : functionsOfShell(content);

function largeSandbox(files: string[]): string[] {
  const count = files
    .filter((file) => file.startsWith("sandbox/") && !noCode.test(file))
    .flatMap(lines)
    .filter(isCode).length;
  console.log(`sandbox/: ${count} lines of code of at most ${sandboxLines}`);
  return count > sandboxLines
    ? [`sandbox/ has ${count} lines of code; it may have ${sandboxLines}`]
    : [];
}

const textBelow = (files: string[], plugin: string): string =>
  files
    .filter((file) => file.startsWith(`sandbox/stand-ins/${plugin}/`))
    .map(text)
    .join("");

/** Model and effects of one plugin. Its types, also those that are only looked at, are named in them: `oci:Core/vcn:Vcn`. */
export function largeStandIn(plugin: string, content: string): string[] {
  const types = new Set(content.match(new RegExp(`"${plugin}:\\w+/\\w+:[A-Z]\\w*"`, "g"))).size;
  const count = content.split("\n").filter(isCode).length;
  const most = types * perResourceType;
  if (count <= most) return [];
  return [
    `sandbox/stand-ins/${plugin} has ${count} lines of code; for ${types} resource types it may have ${most}`,
  ];
}

function manyDependencies(): string[] {
  const count = Object.keys(JSON.parse(text("package.json")).dependencies).length;
  return count > runtimeDependencies
    ? [`package.json has ${count} dependencies; it may have ${runtimeDependencies}`]
    : [];
}

if (require.main === module) {
  const over = overBudget();
  for (const sentence of over) console.log(sentence);
  process.exitCode = over.length ? 1 : 0;
}
