import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Reach } from "../remote/reach";
import { asRoot } from "../remote/shell";

/**
 * Says which files are not as the last deployment left them, and when any was last touched. Where none was deployed,
 * or all are as they were: nothing.
 */
const look = `cd /etc/snikket && test -e .sums && ! LC_ALL=C sha256sum --check --quiet .sums && stat -c "%n %Z" . .[!.]* *`;

export const editsCommand = (user: string): string => `${asRoot(user)}sh -c '${look}' 2>/dev/null`;

/**
 * Looks whether somebody changed the configuration on the machine by hand, and says so.
 * @returns what makes the deployment put it back, another text for each change; nothing where there is none
 */
export async function findEdits(reach: Pick<Reach, "ask">): Promise<string | undefined> {
  const seen = await reach.ask(editsCommand).catch((error: Error) => {
    pulumi.log.warn(
      `The machine cannot be looked at, and what was changed there by hand is not seen: ${error.message}`,
    );
    return undefined;
  });
  const files = [...(seen ?? "").matchAll(/^([\w./-]{1,60}): FAILED/gm)]
    .map(([, file]) => file)
    .slice(0, 9);
  if (!files.length || !seen) return undefined;
  pulumi.log.warn(
    `On the machine, /etc/snikket was changed by hand: ${files.join(", ")}. pulumi up puts it back; what should stay belongs into the stack's file.`,
  );
  return `put back ${createHash("sha256").update(seen).digest("hex").slice(0, 16)}`;
}
