import type { ProbeResult } from "./probe";
import { portRow, type VerifyRequest } from "./request";

/**
 * Tells "your network blocks this port" from "the server does not answer": where the machine itself sees the
 * port answer and HTTPS works from here, a port we cannot reach is a warning, since something in between
 * blocks it. Everything else that was not reached stays a failure, and says which of the two it is.
 */
export function explainUnreachable(results: ProbeResult[], request: VerifyRequest): ProbeResult[] {
  const httpsWorks = results.some(
    ({ name, ok }) => ok && ["certificate", "portal", "xmpp"].includes(name),
  );
  return results.map((result) => explain(result, request, httpsWorks));
}

function explain(result: ProbeResult, request: VerifyRequest, httpsWorks: boolean): ProbeResult {
  if (result.ok || !result.unreachable) return result;
  const { from, protocol } = portRow(request, result.unreachable);
  const port = `${protocol.toUpperCase()} port ${from}`;
  const listens = request.machineSees?.[result.unreachable];
  if (listens === false)
    return {
      ...result,
      saw: `${result.saw}; on the machine nothing listens on ${port}`,
      remedy: "on the machine, see which service is not running: docker ps -a",
    };
  const open = `open ${port} in every firewall: on the machine (ufw status), before it, and the cloud's own`;
  if (!listens || !httpsWorks)
    return {
      ...result,
      remedy: `${open}; if they are open, see there: docker ps -a. If you are in the machine's own network, try from another one`,
    };
  return {
    ...result,
    ok: true,
    note: "warn",
    saw: `${result.saw}; the machine does listen there, so your network or a firewall in between blocks it`,
    remedy: `try from another network (a phone's); if it fails there too, ${open}`,
  };
}
