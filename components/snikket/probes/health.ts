import { printable } from "../../printable";
import { describeAnswer, get } from "./http";
import { Failure, type Probe, probe } from "./probe";

/** Snikket's own health page: HTTP 200 alone means nothing, the body must say it is well. */
function healthProbe(name: "portal" | "xmpp", container: string): Probe {
  return probe(name, async (request, signal) => {
    const path = `/_health/${name}`;
    const answer = await get(request, { scheme: "https", host: request.domain, path }, signal);
    const { status, body } = answer;
    if (status === 200 && body.includes("STATUS OK"))
      return { saw: `https://${request.domain}${path} says STATUS OK` };
    const said = body.startsWith("STATUS ") ? `"${printable(body)}"` : describeAnswer(answer);
    throw new Failure(
      `https://${request.domain}${path} gave ${said} instead of STATUS OK`,
      `on the machine, see: docker logs --tail 50 ${container}`,
    );
  });
}

export const portalProbe = healthProbe("portal", "snikket-portal");
export const xmppProbe = healthProbe("xmpp", "snikket");
