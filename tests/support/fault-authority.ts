import { address } from "../../sandbox/settings";
import { type Fault, newSetting } from "./fault";
import { leadingTo, nameServer } from "./fault-names";
import { atAuthority, authorityRefused, type Back, type Between } from "./fault-services";
import { onVictim, victimAddress } from "./fault-victim";

/** As on a new machine: there is neither account nor certificate, and something stands between certbot and the authority. */
const asking = (takesPlace: () => Promise<Back>) => async (): Promise<Back> => {
  await onVictim("rm -rf /var/lib/snikket/data/letsencrypt/*");
  return takesPlace();
};

// On lines of its own, as authorities print it: certs reads it from a log.
const problem = (type: string, status: number, detail: string) =>
  JSON.stringify({ type: `urn:ietf:params:acme:error:${type}`, status, detail }, null, 2);

const limited: Between = ({ url = "" }, answer, pass) => {
  if (!url.includes("/order")) return pass();
  const detail = `too many certificates (5) already issued for this exact set of identifiers`;
  answer.writeHead(429, { "content-type": "application/problem+json", "retry-after": "3600" });
  answer.end(problem("rateLimited", 429, detail));
};

const slow: Between = (_request, _answer, pass) => {
  setTimeout(pass, 1500);
};

const none = /ERROR: No certificate for chat\S+, groups\S+ and share\S+ came from https:\S+\/dir\./;
const because = (words: string) => new RegExp(`${words}[\\s\\S]*${none.source}`);

/** A clock for the machine's own programs; containers and the kernel keep the time. */
async function clock(off: "-1h" | "+1h"): Promise<Back> {
  await onVictim(`[[ -e /usr/bin/faketime ]] ||
    { apt-get update -q && apt-get install -qy --no-install-recommends faketime; } >/dev/null
    echo ${off} >/etc/faketimerc
    dpkg -L libfaketime | grep 'libfaketimeMT.so.1$' >/etc/ld.so.preload`);
  return async () => {
    await onVictim("rm /etc/ld.so.preload /etc/faketimerc");
  };
}

const change = newSetting;

/** What may keep a certificate from coming. */
export const ofAuthority = {
  elsewhere: {
    name: "the authority sees another address and refuses",
    async cause(broken) {
      let ipv4 = victimAddress();
      const back = await asking(() => nameServer(() => leadingTo(ipv4)))();
      expect(await broken().says(/snikket-reached updated/)).toBe(true);
      ipv4 = address("peer");
      return back;
    },
    change,
    says: because("http://chat\\S+ dial tcp \\S+ connect: connection refused"),
    within: 60,
  },
  limited: {
    name: "the authority limits the rate",
    cause: asking(() => atAuthority(limited)),
    change,
    says: because("too many certificates"),
    within: 60,
  },
  refused: {
    name: "the authority cannot be reached",
    cause: asking(authorityRefused),
    change,
    says: because("Connection refused"),
    within: 60,
  },
  silent: {
    name: "the authority never answers",
    cause: asking(() => atAuthority(() => {})),
    change,
    // The service itself asks first where it has just been made anew.
    says: because("certificate(?: again)?: 4\\d s of at most 1[23]\\d s[\\s\\S]*Read timed out"),
    within: 100,
  },
  slow: {
    name: "the authority is slow",
    cause: asking(() => atAuthority(slow)),
    change,
    within: 120,
  },
  clockBehind: {
    name: "the machine's clock is an hour behind",
    cause: asking(() => clock("-1h")),
    change,
    says: /ERROR: This machine's clock is behind: it shows .*, and its certificate begins/,
    within: 60,
  },
  // Nothing here is valid for so short a time.
  clockAhead: {
    name: "the machine's clock is an hour ahead",
    cause: asking(() => clock("+1h")),
    change,
    within: 60,
  },
} satisfies Record<string, Fault>;
