import * as https from "node:https";
import * as pulumi from "@pulumi/pulumi";
import type { Deployed } from "./deployment";
import type { VerifyRequest } from "./probes/request";

const spent =
  "The first invitation was used, or has expired. Who has joined invites others in the app or the portal. If nobody has, on the machine: docker exec snikket create-invite --admin --group default";

/** The first invitation while it can be used: the link, or a sentence that says who invites now. */
export const livingInvitation = (
  request: pulumi.Output<VerifyRequest>,
  result: pulumi.Output<Deployed>,
): pulumi.Output<string> =>
  pulumi.secret(
    pulumi.all([request, result]).apply(async ([request, { invitation, chain }]) => {
      if (!invitation) return spent;
      const status = await ask(invitation, request.ipv4, request.acmeRoots ?? chain ?? undefined);
      return status === 404 ? spent : invitation;
    }),
  );

/** The status of a page on this very machine, or nothing where it does not answer soon. */
const ask = (url: string, address: string, ca?: string): Promise<number | undefined> =>
  new Promise((resolve) => {
    const { hostname, pathname } = new URL(url);
    const request = https.get(
      {
        host: address,
        servername: hostname,
        path: pathname,
        headers: { Host: hostname },
        signal: AbortSignal.timeout(3000),
        ...(ca && { ca, allowPartialTrustChain: true }),
      },
      (response) => {
        resolve(response.statusCode);
        response.destroy();
      },
    );
    request.on("error", () => resolve(undefined));
  });
