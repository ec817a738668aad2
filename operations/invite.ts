import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import qrcode from "qrcode-terminal";
import { exit } from "./exit";
import { type Variables, withPassphrase } from "./passphrase";

const usage = `usage: npm run invite -- [--stack NAME] [--json]

Shows the first invitation of a stack as a link and as a QR code.
Install the Snikket app on the phone first, then scan the code with the phone's camera.
Where it was used or has expired, this says who invites now, and ends with 1: there is none to show.
Ends with 3 when the Pulumi engine is missing and cannot be brought here.`;

async function main(): Promise<number> {
  const options = read();
  if (!options) {
    console.error(usage);
    return exit.usage;
  }
  const { invitation, output } = await withPassphrase(async (variables) =>
    storedInvitation(options.stack, variables),
  );
  // So begins what the package that brings the engine says by itself.
  if (/^pulumi: /m.test(output)) {
    console.error(`${output}Without the engine nobody can look for an invitation.`);
    return exit.missing;
  }
  if (!invitation?.startsWith("https://")) {
    console.error(
      invitation ??
        `${output}There is no invitation to show. If nothing was deployed yet: npx pulumi up`,
    );
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

/** The stack's output; nothing where it has none, and what Pulumi said instead. */
function storedInvitation(stack: string | undefined, variables: Variables) {
  const args = ["pulumi", "stack", "output", "invitation", "--show-secrets"];
  const { status, stdout, stderr } = spawnSync("npx", stack ? [...args, "--stack", stack] : args, {
    encoding: "utf8",
    stdio: ["inherit", "pipe", "pipe"],
    env: { ...process.env, ...variables },
  });
  return { invitation: status === 0 ? stdout.trim() : undefined, output: stderr };
}

function show(invitation: string): void {
  qrcode.generate(invitation, { small: true });
  console.log(`\n${invitation}\n`);
  console.log("Install the Snikket app on the phone first, then scan the code with its camera.");
  console.log("The link works once, and makes its user the administrator. Keep it to yourself.");
}

main().then((code) => {
  process.exitCode = code;
});
