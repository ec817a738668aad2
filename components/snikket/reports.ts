import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import type { Deployed, Staged } from "./deployment";

/** As `date +%s.%N` prints it. */
const stamp = z.string().regex(/^\d{1,12}(\.\d{1,9})?$/);

const staged = z.object({
  stamp,
  challenge: z.object({
    path: z.string().regex(/^\/\.well-known\/acme-challenge\/[\w-]{1,99}$/),
    content: stamp,
  }),
});

const deployed = z.object({
  invitation: z.string().max(300),
  turn: z.object({
    username: z.string().regex(/^\d{1,12}$/),
    credential: z.string().regex(/^[\x21-\x7e]{1,99}$/),
  }),
  listening: z.array(z.string().max(20)).max(10_000),
  chain: z.string().max(100_000).nullable(),
});

/** What the first half of a deployment reported. @throws pulumi.RunError where that is something else */
export const readStaged = (text: string): Staged => read(staged, text, "snikket-stage");

/**
 * What the second half reported: a machine that somebody took over may report what it likes, and neither invites to
 * another server nor says whom to trust.
 * @throws pulumi.RunError where it is something else
 */
export function readDeployed(
  text: string,
  { domain, acme }: { domain: string; acme: { server: string } },
): Deployed {
  const report = read(deployed, text, "snikket-deploy");
  if (report.invitation && !isInvitation(report.invitation, domain))
    throw wrong("snikket-deploy", `an invitation that does not lead to https://${domain}/`);
  return { ...report, chain: acme.server === "staging" ? report.chain : null };
}

/** On the domain itself: no other host, port, user or path. */
const isInvitation = (link: string, domain: string): boolean =>
  link.startsWith(`https://${domain}/invite/`) &&
  /^[A-Za-z0-9_-]+\/?$/.test(link.slice(`https://${domain}/invite/`.length));

/** Says nothing of the text itself: a credential may be in it. */
function read<T>(schema: z.ZodType<T>, text: string, step: string): T {
  const { data, success } = schema.safeParse(parsed(text));
  if (!success) throw wrong(step, "something that this program's script never says");
  return data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of any other error, Pulumi shows the stack. */
const wrong = (step: string, what: string): pulumi.RunError =>
  new pulumi.RunError(
    `the machine answered ${step} with ${what}. Run pulumi up again; if it does so again, do not trust this machine: look who else can log in there.`,
  );
