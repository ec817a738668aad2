import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { stunProbe, turnProbe } from "./probes/calls";
import { certificateProbe } from "./probes/certificate";
import { dnsProbe } from "./probes/dns";
import { portalProbe, xmppProbe } from "./probes/health";
import { httpProbe } from "./probes/http";
import { ipv6Probe } from "./probes/ipv6";
import type { Probe, ProbeResult } from "./probes/probe";
import { filesProbe } from "./probes/proxy65";
import type { ProbeName, VerifyRequest } from "./probes/request";
import { explainUnreachable } from "./probes/unreachable";
import { clientProbe, serverProbe } from "./probes/xmpp";

const probes: Record<ProbeName, Probe> = {
  dns: dnsProbe,
  http: httpProbe,
  certificate: certificateProbe,
  portal: portalProbe,
  xmpp: xmppProbe,
  client: clientProbe,
  server: serverProbe,
  files: filesProbe,
  stun: stunProbe,
  turn: turnProbe,
  ipv6: ipv6Probe,
};

/** Before there is a certificate, only these can be good. */
const proxyPhase: ProbeName[] = ["dns", "http"];

/** Between two looks at what is not right yet, in ms. */
const pauseMs = 3_000;

/** Between two lines about the same wait, in ms. */
const progressMs = 10_000;

/**
 * Runs the probes of the phase side by side, and while there is patience again those that failed.
 * One round takes at most ten seconds, whatever the server does.
 * @param progress is told what is being waited for
 */
export async function verify(
  request: VerifyRequest,
  progress: (line: string) => void = () => {},
): Promise<ProbeResult[]> {
  const end = Date.now() + (request.patience ?? 0) * 1000;
  let results = await look(request, probesOf(request));
  let silentUntil = 0;
  for (let open = failed(results); open.length && Date.now() < end; open = failed(results)) {
    if (Date.now() >= silentUntil) {
      const left = Math.ceil((end - Date.now()) / 1000);
      const seen = open.map(({ name, saw }) => `${name}: ${saw}`).join("; ");
      progress(`waiting up to ${left} s more for ${seen}`);
      silentUntil = Date.now() + progressMs;
    }
    await setTimeout(pauseMs);
    const again = await look(
      request,
      open.map(({ name }) => name),
    );
    results = results.map((old) => again.find(({ name }) => name === old.name) ?? old);
  }
  return explainUnreachable(results, request);
}

function probesOf({ phase, only, ipv6 }: VerifyRequest): ProbeName[] {
  const ofPhase = phase === "proxy" ? proxyPhase : (Object.keys(probes) as ProbeName[]);
  const possible = ofPhase.filter((name) => name !== "ipv6" || ipv6);
  const chosen = possible.filter((name) => only?.includes(name) ?? true);
  // Nothing to look at must never count as seen.
  if (!chosen.length) throw new Error(`there is no probe of that name: ${only?.join(", ")}`);
  return chosen;
}

function look(request: VerifyRequest, names: ProbeName[]): Promise<ProbeResult[]> {
  return Promise.all(names.map((name) => probes[name](request)));
}

const failed = (results: ProbeResult[]) => results.filter(({ ok }) => !ok);

/** One line for a person, and below it what to do. */
export function formatResult({ name, ok, note, saw, remedy }: ProbeResult): string {
  const verdict = ok ? (note ?? "ok") : "FAILED";
  const line = `${verdict.padEnd(7)}  ${name.padEnd(11)}  ${saw}`;
  return remedy ? `${line}\n         -> ${remedy.replaceAll("\n", "\n            ")}` : line;
}

/** Reads one request as JSON from stdin, prints what was seen. Exit code 0: verified, 1: not. */
async function main(): Promise<void> {
  const request = parseRequest(await text(process.stdin));
  console.log(`asking ${request.domain} at ${request.ipv4} whether it answers`);
  const results = await verify(request, console.log);
  console.log(results.map(formatResult).join("\n"));
  const failures = failed(results).length;
  if (failures) console.log(`${failures} of ${results.length} checks failed`);
  process.exitCode = failures ? 1 : 0;
}

function parseRequest(input: string): VerifyRequest {
  try {
    return JSON.parse(input);
  } catch {
    // The parser's own message quotes the input, which holds a credential.
    throw new Error("its request is not JSON");
  }
}

if (require.main === module)
  main().catch((error: Error) => {
    console.error(`the verification could not run: ${error.message}`);
    process.exitCode = 1;
  });
