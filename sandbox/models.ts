/** `npm run sandbox -- models FOLDER`. A file of its own: every plan waits for it, and it needs little of the sandbox. */
import path from "node:path";
import { endChildren, exitCode, Problem } from "./console";
import { engineEnvironment, ensureEngine } from "./engine";
import { installStandIns, plugins } from "./stand-ins/install";

/** Prints as JSON what to set, so that the engine plans with the stand-ins' models. */
export async function models([folder]: string[]): Promise<number> {
  if (!folder) throw new Problem("A folder is missing: npm run sandbox -- models FOLDER", 2);
  const home = path.resolve(folder);
  const report = (doing: string) => process.stderr.write(`${doing}\n`);
  const { pulumi } = await ensureEngine({ home, report });
  await installStandIns(home, { effects: false, only: plugins, report });
  const PATH = [path.dirname(pulumi), path.dirname(process.execPath), process.env.PATH].join(":");
  process.stdout.write(`${JSON.stringify({ ...engineEnvironment(home), PATH })}\n`);
  return 0;
}

if (require.main === module) {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
  process.on("exit", endChildren);
  exitCode(models(process.argv.slice(2))).then((code) => {
    // Not at once: tsx still writes down what it transpiled, or each plan would begin with that.
    process.exitCode = code;
  });
}
