import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import qrcode from "qrcode-terminal";
import { exit } from "./exit";

const usage = `usage: npm run invite -- [--stack NAME] [--json]

Shows the first invitation of a stack as a link and as a QR code.
Install the Snikket app on the phone first, then scan the code with the phone's camera.`;

function main(): number {
  const options = read();
  if (!options) {
    console.error(usage);
    return exit.usage;
  }
  const invitation = output("invitation", options.stack);
  if (!invitation?.startsWith("https://")) {
    console.error(invitation ?? "This stack has no invitation yet: run pulumi up first.");
    return exit.failed;
  }
  if (options.json) console.log(JSON.stringify({ invitation }));
  else show(invitation);
  return exit.done;
}

function read(): { stack?: string | undefined; json?: boolean | undefined } | undefined {
  try {
    return parseArgs({ options: { stack: { type: "string" }, json: { type: "boolean" } } }).values;
  } catch {
    return undefined;
  }
}

/** One output of a stack, secret or not; nothing where it has none. */
function output(name: string, stack: string | undefined): string | undefined {
  try {
    const args = ["pulumi", "stack", "output", name, "--show-secrets"];
    return execFileSync("npx", stack ? [...args, "--stack", stack] : args, {
      encoding: "utf8",
      stdio: ["inherit", "pipe", "inherit"],
    }).trim();
  } catch {
    return undefined;
  }
}

function show(invitation: string): void {
  qrcode.generate(invitation, { small: true });
  console.log(`\n${invitation}\n`);
  console.log("Install the Snikket app on the phone first, then scan the code with its camera.");
  console.log("The link works once, and makes its user the administrator. Keep it to yourself.");
}

process.exitCode = main();
