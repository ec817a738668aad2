import { setTimeout as sleep } from "node:timers/promises";
import { get } from "../../components/snikket/probes/http";
import { openSecureStream } from "../../components/snikket/probes/xmpp";
import { type Server, target } from "../../sandbox/chat/server";

/** The longest time without an answer, in seconds. */
export interface Interruption {
  /** Of the portal's health page. */
  portal: number;
  /** On the port for apps. */
  apps: number;
}

/** Asks a server over and over until the function it gives is called. */
export function watchFor(server: Server): () => Promise<Interruption> {
  const host = server.domain;
  const page = { scheme: "https", host, path: "/_health/portal" } as const;
  const portal = longestGap(async (signal) => {
    const { body } = await get(target(server), page, signal);
    if (!body.includes("STATUS OK")) throw new Error(body);
  });
  const apps = longestGap((signal) => openSecureStream(target(server), "client", signal));
  return async () => ({ portal: await portal(), apps: await apps() });
}

/** Asks every quarter of a second; from one answer to the next, a gap lasts. */
function longestGap(ask: (signal: AbortSignal) => Promise<unknown>): () => Promise<number> {
  let watching = true;
  const watch = async () => {
    let [longest, answered, missed] = [0, Date.now(), false];
    while (watching || missed) {
      const asked = new AbortController();
      const good = await ask(asked.signal).then(
        () => true,
        () => false,
      );
      asked.abort();
      if (good && missed) longest = Math.max(longest, Date.now() - answered);
      if (good) answered = Date.now();
      missed = !good;
      await sleep(250);
    }
    return Math.round(longest / 100) / 10;
  };
  const watched = watch();
  return () => {
    watching = false;
    return watched;
  };
}
