import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Reach } from "../remote/reach";
import { asRoot } from "../remote/shell";

/**
 * Says which files are not as the last deployment left them, by content, mode or owner, and which containers do not
 * run; and when that was seen. Where nothing was deployed, or all is as it was: nothing.
 */
const look = `test -e /etc/snikket-sums || exit 0
while read -r was name; do
is=$(sha256sum </etc/snikket/$name | cut -c1-64)-$(stat -c %a-%u /etc/snikket/$name)
test $was = $is || echo "$name: FAILED $(date +%s)"
done </etc/snikket-sums
up=$(docker ps --filter status=running --format "{{.Names}}")
for one in $(sed -n "s/^ *container_name: //p" /etc/snikket/docker-compose.yml); do
echo "$up" | grep -qx $one || echo "$one: DOWN $(date +%s)"
done`;

export const editsCommand = (user: string): string => `${asRoot(user)}sh -c '${look}' 2>/dev/null`;

/**
 * Looks whether the configuration on the machine was changed by hand, or a container does not run, and says so.
 * @returns what makes the deployment put that right, another text each time; nothing where all is well
 */
export async function findEdits(reach: Pick<Reach, "ask">): Promise<string | undefined> {
  const seen = await reach.ask(editsCommand).catch((error: Error) => {
    pulumi.log.warn(
      `The machine cannot be looked at, and what was changed there by hand is not seen: ${error.message}`,
    );
    return undefined;
  });
  const files = named(seen, /^([\w./-]{1,60}): FAILED/gm);
  const containers = named(seen, /^([a-z-]{1,60}): DOWN/gm);
  if (files)
    pulumi.log.warn(
      `On the machine, /etc/snikket was changed by hand: ${files}. pulumi up puts it back; what should stay belongs into the stack's file.`,
    );
  if (containers)
    pulumi.log.warn(`On the machine, ${containers} did not run. pulumi up starts what should.`);
  if (!seen || !(files || containers)) return undefined;
  return `put back ${createHash("sha256").update(seen).digest("hex").slice(0, 16)}`;
}

/** At most nine of what a machine names. */
const named = (seen = "", pattern: RegExp): string =>
  [...seen.matchAll(pattern)]
    .map(([, name]) => name)
    .slice(0, 9)
    .join(", ");
