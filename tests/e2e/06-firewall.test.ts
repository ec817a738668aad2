import { bringUp, expectDone } from "../support/e2e";
import {
  container,
  namesOnly,
  neighbours,
  nobody,
  reachedFrom,
  services,
} from "../support/e2e-neighbours";
import { digest, runOn } from "../support/e2e-steps";
import {
  createWalled,
  lines,
  listen,
  name,
  on,
  open,
  openByIpv6,
  prepare,
  rebootWalled,
  removeWalled,
  rules,
} from "../support/e2e-walled";

beforeAll(async () => {
  await bringUp({ settings: "any" });
  await createWalled();
  await on(neighbours);
});
afterAll(removeWalled);

const reached = (who: string) => reachedFrom(name, who);

describe("where nothing refuses", () => {
  it("lets nothing in that was in already", async () => {
    expect(await reached(nobody)).toEqual(services);
    expect(await reached(container)).toEqual(services);
    await prepare("tcp 443 443\nudp 49152 49195");
    for (const command of ["iptables", "ip6tables"])
      expect(
        await lines(`${command} -S INPUT; ${command} -S | grep -c SNIKKET-INPUT || :`),
      ).toEqual(["-P INPUT ACCEPT", "0"]);
  });

  it("keeps the metadata service for root, and the name service for all", async () => {
    expect(await reached("")).toEqual(services);
    expect(await reached(nobody)).toEqual(namesOnly);
    expect(await reached(container)).toEqual(namesOnly);
  });
});

/** As Oracle's images have it. */
const oracles = `*filter
:InstanceServices -
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p icmp -j ACCEPT
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
-A INPUT -j REJECT --reject-with icmp-host-prohibited
-A FORWARD -j REJECT --reject-with icmp-host-prohibited
-A OUTPUT -d 169.254.0.0/16 -j InstanceServices
-A InstanceServices -d 169.254.169.254/32 -p tcp -m tcp --dport 80 -j ACCEPT
-A InstanceServices -d 169.254.169.254/32 -p tcp -m tcp --dport 53 -j ACCEPT
-A InstanceServices -d 169.254.0.0/16 -p tcp -m tcp -j REJECT --reject-with tcp-reset
COMMIT`;

/** A closed policy, as others save it, and what a machine cannot do without. */
const closed = `*filter
:INPUT DROP [0:0]
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p ipv6-icmp -j ACCEPT
-A INPUT -i lo -j ACCEPT
COMMIT`;

/** Every rule that is not ours, and what is loaded at boot. */
const others = () =>
  lines(`for command in iptables ip6tables; do $command-save | grep '^-A' | grep -v SNIKKET; done || :
    sha256sum /etc/iptables/*`);

describe("where Oracle's rules refuse", () => {
  let before: string[];
  beforeAll(async () => {
    expectDone(
      await runOn(name, "apt-get install -qy --no-install-recommends iptables-persistent"),
    );
    await on(`cat >/etc/iptables/rules.v4 <<'X'\n${oracles}\nX
      cat >/etc/iptables/rules.v6 <<'X'\n${closed}\nX
      systemctl restart netfilter-persistent; systemctl stop snikket-firewall
      iptables -N DOCKER-USER; iptables -I FORWARD -j DOCKER-USER; iptables -A DOCKER-USER -j RETURN`);
    expect(await open()).toEqual([22]);
    expect(await openByIpv6()).toEqual([]);
    before = await others();
    await prepare("tcp 443 443\nudp 49152 49195");
  });

  it("lets the table in above the refusal, and nothing else", async () => {
    expect((await rules("iptables", "INPUT")).slice(-3)).toEqual([
      "-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT",
      "-A INPUT -j SNIKKET-INPUT",
      "-A INPUT -j REJECT --reject-with icmp-host-prohibited",
    ]);
    expect((await rules("ip6tables", "INPUT")).slice(-2)).toEqual([
      "-A INPUT -i lo -j ACCEPT",
      "-A INPUT -j SNIKKET-INPUT",
    ]);
    for (const command of ["iptables", "ip6tables"])
      expect(await rules(command, "SNIKKET-INPUT")).toEqual([
        "-N SNIKKET-INPUT",
        "-A SNIKKET-INPUT -p tcp -m tcp --dport 443 -j ACCEPT",
        "-A SNIKKET-INPUT -p udp -m udp --dport 49152:49195 -j ACCEPT",
      ]);
    expect(await open()).toEqual([22, 443]);
    expect(await openByIpv6()).toEqual([443]);
  });

  it("leaves everybody else's rules as they are, saved ones included", async () => {
    expect(await others()).toEqual(before);
  });

  it("changes nothing the second time", async () => {
    const settled = await digest(name);
    await prepare("tcp 443 443\nudp 49152 49195");
    expect(await digest(name)).toEqual(settled);
  });

  it("closes what leaves the table", async () => {
    await prepare("tcp 8080 8080");
    expect((await rules("iptables", "SNIKKET-INPUT")).slice(1)).toEqual([
      "-A SNIKKET-INPUT -p tcp -m tcp --dport 8080 -j ACCEPT",
    ]);
    expect(await open()).toEqual([22, 8080]);
  });

  const inBoth = async (...chains: string[]) =>
    Promise.all(
      ["iptables", "ip6tables"].flatMap((command) => chains.map((chain) => rules(command, chain))),
    );

  it("is there again when others set theirs anew", async () => {
    const settled = await inBoth("INPUT");
    await on(`systemctl restart netfilter-persistent
      timeout 10 bash -c 'until systemctl is-active --quiet snikket-firewall; do sleep 0.1; done'`);
    expect(await inBoth("INPUT")).toEqual(settled);
  });

  it("survives a reboot", async () => {
    const settled = await inBoth("INPUT", "OUTPUT");
    await rebootWalled();
    await Promise.all([listen(), on(neighbours)]);
    expect(await inBoth("INPUT", "OUTPUT")).toEqual(settled);
    expect(await openByIpv6()).toEqual([8080]);
    expect(await open()).toEqual([22, 8080]);
    expect(await reached("")).toEqual(services);
    expect(await reached(nobody)).toEqual(namesOnly);
  });
});

describe("where ufw is active", () => {
  const added = () => lines("ufw show added | grep '^ufw'");
  beforeAll(async () => {
    expectDone(await runOn(name, "apt-get install -qy --no-install-recommends ufw"));
    await on("ufw allow 22/tcp && ufw allow 8080/tcp && ufw --force enable");
  });

  it("asks ufw, and still gets past another refusal", async () => {
    expect((await rules("iptables", "INPUT")).join()).toMatch(/-j REJECT.*-j ufw-reject-input/);
    await prepare("tcp 443 443\nudp 49152 49195\ntcp 8080 8080");
    expect(await added()).toEqual([
      "ufw allow 22/tcp",
      "ufw allow 8080/tcp",
      "ufw allow 443/tcp comment 'snikket-up'",
      "ufw allow 49152:49195/udp comment 'snikket-up'",
    ]);
    expect(await open()).toEqual([22, 443, 8080]);
  });

  it("installs nothing that saves rules, for the package of that removes ufw", async () => {
    const state = "dpkg-query --show --showformat '${Package} ${db:Status-Status}\\n'";
    expect(await lines(`${state} ufw iptables-persistent netfilter-persistent`)).toEqual([
      "iptables-persistent config-files",
      "netfilter-persistent config-files",
      "ufw installed",
    ]);
  });

  it("has no chain of its own for ports where ufw alone refuses, and takes back only its own", async () => {
    await on("iptables -D INPUT -j REJECT --reject-with icmp-host-prohibited");
    await prepare("tcp 443 443");
    expect(await added()).toEqual([
      "ufw allow 22/tcp",
      "ufw allow 8080/tcp",
      "ufw allow 443/tcp comment 'snikket-up'",
    ]);
    expect(await on("iptables -S | grep -c SNIKKET-INPUT || :")).toBe("0");
    expect(await open()).toEqual([22, 443, 8080]);
    await prepare("tcp 5222 5222");
    expect(await open()).toEqual([22, 8080]);
  });
});
