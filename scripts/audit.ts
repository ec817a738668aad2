import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import * as path from "node:path";
import { root } from "./steps";

/** Of the tools of development, those that run wherever somebody uses this. */
const tools = ["pulumi", "tsx", "yaml"];

/** The part of package-lock.json that is read: packages by their folders. */
type Lock = Record<string, { dev?: boolean; dependencies?: object; optionalDependencies?: object }>;

/** The part of npm's report that is read. Source: npm's documentation of `npm audit`, and its answers. */
interface Report {
  /** Why the registry gave no answer. */
  message?: string;
  error?: { summary?: string };
  vulnerabilities?: Record<string, Vulnerability>;
}

interface Vulnerability {
  name: string;
  severity: string;
  range: string;
  /** Folders it is installed in. */
  nodes: string[];
  /** Advisories of its own, and packages that bring theirs. */
  via: (string | { title: string; url: string })[];
  fixAvailable: boolean | { name: string; version: string; isSemVerMajor: boolean };
}

/** Tells whether what is installed in a folder runs on the computers of people, and not for the tests alone. */
export function forPeople(): (folder: string) => boolean {
  const file = path.join(root, "package-lock.json");
  const { packages }: { packages: Lock } = JSON.parse(readFileSync(file, "utf8"));
  const brought = broughtBy(tools, packages);
  return (folder) => !packages[folder]?.dev || brought.has(nameOf(folder));
}

const nameOf = (folder: string): string => folder.split("node_modules/").at(-1) ?? "";

/** Names of these packages and of all that they depend on. */
function broughtBy(names: string[], packages: Lock): Set<string> {
  const all = new Set(names);
  // It goes on with what is added meanwhile.
  for (const name of all)
    for (const [folder, { dependencies, optionalDependencies }] of Object.entries(packages))
      if (nameOf(folder) === name)
        for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) all.add(next);
  return all;
}

/**
 * What npm's report comes to, in the Test Anything Protocol: where nobody knows of weaknesses, it is skipped.
 * @param counts whether what is in a folder matters
 */
export function verdict(output: string, counts: (folder: string) => boolean): string[] {
  const { message, error, vulnerabilities } = parsed(output);
  if (message !== undefined) return [`ok 1 audit # skip no answer to npm audit: ${cause(message)}`];
  if (!vulnerabilities)
    return [`not ok 1 audit: npm audit failed: ${error?.summary || "it printed no report"}`];
  const grave = Object.values(vulnerabilities).filter(
    ({ severity, nodes }) => ["high", "critical"].includes(severity) && nodes.some(counts),
  );
  if (!grave.length) return ["ok 1 audit"];
  return grave.map((found, index) => `not ok ${index + 1} audit: ${sentence(found)}`);
}

function parsed(output: string): Report {
  try {
    return JSON.parse(output);
  } catch {
    return {};
  }
}

/** Without addresses: one of a registry may hold a password. */
const cause = (message: string): string =>
  message.replace(/ - [A-Z]+ \S+$/, "").replace(/^request to \S+ failed, reason: /, "");

function sentence({ name, severity, range, via, fixAvailable }: Vulnerability): string {
  const why = via.map((one) =>
    typeof one === "string" ? `by ${one}` : `${one.title}, ${one.url}`,
  );
  return `${name} ${range} (${severity}: ${why.join("; ")}). ${remedy(fixAvailable)}`;
}

function remedy(fix: Vulnerability["fixAvailable"]): string {
  if (fix === true) return "Run: npm audit fix";
  if (!fix) return "There is no version without it: replace the package that brings it.";
  const large = fix.isSemVerMajor ? " (a new major version: see its changes first)" : "";
  return `Run: npm install --save-exact ${fix.name}@${fix.version}${large}`;
}

function main(): void {
  const what = ["--include=dev", "--json"];
  // Offline, npm says that nothing is wrong.
  const how = ["--offline=false", "--fetch-retries=0"];
  const { stdout, error } = spawnSync("npm", ["audit", ...what, ...how], {
    cwd: root,
    encoding: "utf8",
    timeout: 60_000,
  });
  const lines = verdict(error ? JSON.stringify({ message: error.message }) : stdout, forPeople());
  console.log(lines.join("\n"));
  process.exitCode = lines.some((line) => line.startsWith("not ok")) ? 1 : 0;
}

if (require.main === module) main();
