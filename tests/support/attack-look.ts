import type { VerifyRequest } from "../../components/snikket/probes/request";
import { verify } from "../../components/snikket/verify";
import { createAuthority } from "./certificates";
import { requestFor } from "./servers";
import { login } from "./turn-server";

export const authority = createAuthority();
export const names = ["chat.family.test", "groups.chat.family.test", "share.chat.family.test"];
export const certificate = authority.issue(names);

/** What may be shown of a server: plain words, and not too many. */
export const readable = /^[\x20-\x7e\u00a1-\u024f…]{10,700}$/;

const tcpRows = ["http", "https", "xmpp-client", "xmpp-server", "proxy65", "turn-tcp"];

/** To verify one TCP port and one UDP port that stand for all, a name server's as well. */
export const requestOf = (tcp: number, udp: number): VerifyRequest =>
  requestFor(
    {
      ...Object.fromEntries(tcpRows.map((name) => [name, tcp])),
      ...{ "turn-udp": udp, "turn-relay": 1024 },
    },
    { acmeRoots: authority.cert, turn: login, nameservers: [`127.0.0.1:${udp}`] },
  );

/** What is seen by some probes, or by all: all of it bad, in readable words, within the bound of each. */
export async function look(
  tcp: number,
  only: NonNullable<VerifyRequest["only"]> | "all",
  udp = 9,
): Promise<Record<string, string>> {
  const started = Date.now();
  const request = requestOf(tcp, udp);
  const results = await verify(only === "all" ? request : { ...request, only });
  // Nine seconds each, side by side; the rest is for a busy computer.
  expect(Date.now() - started).toBeLessThan(20_000);
  for (const { ok, saw } of results)
    expect([ok, saw]).toEqual([false, expect.stringMatching(readable)]);
  return Object.fromEntries(results.map(({ name, saw }) => [name, saw]));
}
