import { address } from "../../sandbox/settings";
import { bringUp, onMachine } from "../support/e2e";
import { fault, faultsInTurn, newSetting } from "../support/fault";
import { leadingTo, nameServer } from "../support/fault-names";
import { atAuthority, authorityRefused, type Back, type Between } from "../support/fault-services";

beforeAll(() => bringUp({ settings: "any" }));

/** As on a new machine: there is neither account nor certificate, and something stands between certbot and the authority. */
const asking = (takesPlace: () => Promise<Back>) => async (): Promise<Back> => {
  await onMachine("rm -rf /var/lib/snikket/data/letsencrypt/*");
  return takesPlace();
};

const problem = (type: string, status: number, detail: string) =>
  JSON.stringify({ type: `urn:ietf:params:acme:error:${type}`, status, detail });

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

faultsInTurn("while the certificate is asked for", [
  {
    name: "the authority sees another address and refuses",
    async cause(broken) {
      let ipv4 = address("machine");
      const back = await asking(() => nameServer(() => leadingTo(ipv4)))();
      expect(await broken().says(/snikket-reached updated/)).toBe(true);
      ipv4 = address("peer");
      return back;
    },
    change: newSetting(),
    says: because("http://chat\\S+ dial tcp \\S+ connect: connection refused"),
    within: 60,
  },
  {
    name: "the authority limits the rate",
    cause: asking(() => atAuthority(limited)),
    says: because("too many certificates"),
    within: 60,
  },
  {
    name: "the authority cannot be reached",
    cause: asking(authorityRefused),
    says: because("Connection refused"),
    within: 60,
  },
  {
    name: "the authority never answers",
    cause: asking(() => atAuthority(() => {})),
    says: because("Asking for the certificate again: 40 s of at most 130 s[\\s\\S]*Read timed out"),
    within: 100,
  },
  {
    name: "the authority is slow",
    cause: asking(() => atAuthority(slow)),
    within: 120,
  },
]);

/** A clock for the machine's own programs; containers and the kernel keep the time. */
async function clock(off: "-1h" | "+1h"): Promise<Back> {
  await onMachine(`[[ -e /usr/bin/faketime ]] ||
    { apt-get update -q && apt-get install -qy --no-install-recommends faketime; } >/dev/null
    echo ${off} >/etc/faketimerc
    dpkg -L libfaketime | grep 'libfaketimeMT.so.1$' >/etc/ld.so.preload`);
  return async () => {
    await onMachine("rm /etc/ld.so.preload /etc/faketimerc");
  };
}

fault({
  name: "the machine's clock is an hour behind",
  cause: asking(() => clock("-1h")),
  change: newSetting(),
  says: /ERROR: This machine's clock is behind: it shows .*, and its certificate begins/,
  within: 60,
});

// Nothing here is valid for so short a time.
fault({
  name: "the machine's clock is an hour ahead",
  cause: asking(() => clock("+1h")),
  change: newSetting(),
  within: 60,
});
