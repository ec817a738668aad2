import { randomBytes } from "node:crypto";
import type { Login } from "../../components/snikket/probes/turn";
import { setRecords } from "../../sandbox/records";
import { account, domain } from "../../sandbox/settings";
import { forget, keep, resources } from "../../sandbox/stand-ins/store";
import { expectDone } from "../support/e2e";
import { bringUpCloud, ipv4 } from "../support/e2e-cloud";
import { onCloudMachine, portTable as ports } from "../support/e2e-cloud-machine";
import { deployed, type Steps, send, steps } from "../support/e2e-steps";
import { relayed } from "../support/relayed";

const ipv6 = "2001:db8::20";
const aaaa = randomBytes(16).toString("hex");

let sent: Steps;

beforeAll(async () => {
  await bringUpCloud("oracle");
  sent = await steps();
});

/** Sends both halves of the deployment, for a machine with this IPv6 address or with none; gives a login for calls. */
async function loginBehind(address: string): Promise<Login> {
  const { stdin = "" } = sent["snikket-stage"] ?? {};
  expect(stdin).toContain("export PUBLIC_IPV6=''\n");
  const changed = stdin.replace("export PUBLIC_IPV6=''\n", `export PUBLIC_IPV6='${address}'\n`);
  expectDone(await send(sent["snikket-stage"], changed));
  const ended = await send(sent["snikket-deploy"]);
  expectDone(ended);
  return deployed(sent, ended.stdout).turn;
}

/** At which address a call is relayed. */
const relayAddress = async (login: Login) =>
  (await relayed({ domain, ipv4, ports }, login))?.address;

/** Makes the zone answer what Cloudflare has. */
const answer = () =>
  setRecords(
    resources("cloudflare").map(({ outputs: { name, type, content } }) => ({
      ...{ name: String(name), value: String(content) },
      type: type as "A" | "AAAA" | "CNAME",
    })),
  );

const named = () =>
  onCloudMachine(`docker exec snikket snikket-turn-addresses ${domain} 2>/dev/null`);

describe("a call to a machine behind NAT", () => {
  it("is relayed at the reserved IPv4 address", async () => {
    expect(await relayAddress(await loginBehind(""))).toBe(ipv4);
    expect(await named()).toMatch(new RegExp(`^${ipv4}/10\\.`));
  });

  describe("with an IPv6 address of its own, and a record of it", () => {
    beforeAll(async () => {
      await onCloudMachine(
        `mount -o remount,rw /proc/sys; echo 0 >/proc/sys/net/ipv6/conf/all/disable_ipv6
        ip -6 address add ${ipv6}/64 dev eth0 nodad`,
      );
      const outputs = { zoneId: account.zoneId, name: domain, type: "AAAA", content: ipv6 };
      keep("cloudflare", {
        ...{ type: "cloudflare:index/dnsRecord:DnsRecord", id: aaaa },
        ...{ inputs: outputs, outputs: { ...outputs, id: aaaa } },
      });
      await answer();
    });

    afterAll(async () => {
      forget("cloudflare", aaaa);
      await answer();
      await onCloudMachine(
        `ip -6 address delete ${ipv6}/64 dev eth0
        echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6`,
      );
      await loginBehind("");
    });

    it("would be relayed there, where nobody told the server better", async () => {
      expect(await named()).toBe(ipv6);
    });

    it("is relayed at the reserved IPv4 address", async () => {
      expect(await relayAddress(await loginBehind(ipv6))).toBe(ipv4);
      expect(await named()).toMatch(new RegExp(`^${ipv4}/10\\.`));
    });
  });
});
