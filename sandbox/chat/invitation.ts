import { type Client, type Login, xml } from "@xmpp/client";
import { describeAnswer, get } from "../../components/snikket/probes/http";
import { type Server, target } from "./server";

/** The token of an invitation, from the `Link` header of its page, as an app finds it. */
export async function tokenOf(server: Server, invitation: string): Promise<string> {
  const { host, pathname } = new URL(invitation);
  const page = { scheme: "https" as const, host, path: pathname };
  const answer = await get(target(server), page, AbortSignal.timeout(10_000));
  const token = /<xmpp:[^>]*[?;]preauth=([\w-]+)[^>]*>/.exec(String(answer.headers.link))?.[1];
  if (answer.status === 200 && token) return token;
  throw new Error(
    `The invitation cannot be used (any more): its page gave ${describeAnswer(answer)}`,
  );
}

/** Registers an account on a connection that has not logged in yet (XEP-0445 section 4, XEP-0077 section 3.1). */
export async function register(
  client: Client,
  domain: string,
  { username, password }: Login,
  token: string,
): Promise<void> {
  const order = (child: ReturnType<typeof xml>) =>
    client.iqCaller.request(xml("iq", { type: "set", to: domain }, child));
  await order(xml("preauth", { xmlns: "urn:xmpp:pars:0", token }));
  const account = [xml("username", {}, username), xml("password", {}, password)];
  await order(xml("query", { xmlns: "jabber:iq:register" }, ...account));
}
