import { type Fault, lost, newSetting } from "./fault";
import { onIt, onVictim } from "./fault-victim";

/** Docker and its companions are no longer there. */
export const removing =
  "apt-get purge -qy docker-ce docker-ce-cli containerd.io docker-compose-plugin >/dev/null";

/** Another docker-ce than the repository has, by its version alone; like Docker's own, it restarts the daemon, as Debian's does not. */
const makeOther = (major: number) => `rm -rf /var/tmp/other; mkdir /var/tmp/other; cd /var/tmp/other
  apt-get download -q docker-ce >/dev/null
  dpkg-deb --raw-extract docker-ce_*.deb new
  sed -i 's/^Version: 5:28/Version: 5:${major}/' new/DEBIAN/control
  sed -i 's/deb-systemd-invoke start/deb-systemd-invoke restart/' new/DEBIAN/postinst
  dpkg-deb -Zgzip -z1 --build new docker-ce.deb >/dev/null`;
const dockerVersion = "dpkg-query --show --showformat '${Version}' docker-ce";

/** As a person does it: apt puts a new package in the old one's place and starts the daemon again; then back. */
async function upgradeDocker(): Promise<() => Promise<void>> {
  const before = await onVictim(dockerVersion);
  const since = await onVictim("systemctl show --property MainPID docker");
  await onVictim("apt-get install -qy /var/tmp/other/docker-ce.deb >/dev/null");
  expect(await onVictim("systemctl show --property MainPID docker")).not.toBe(since);
  return async () => {
    // Whatever serves is left alone.
    expect(await onVictim(dockerVersion)).toMatch(/^5:29/);
    await onVictim(`apt-get install -qy --allow-downgrades docker-ce=${before} >/dev/null`);
  };
}

/** Compose gives a new container the old one's name only at the end. systemd gives up a Docker that started thrice in a minute, by faults before. */
const cutOff = `cd /etc/snikket
  docker compose up --detach --force-recreate >/dev/null 2>&1 &
  compose=$!
  timeout 30 bash -c 'until docker ps --all --format "{{.Names}}" | grep -qE "^[0-9a-f]{12}_"; do sleep 0.02; done'
  systemctl reset-failed docker
  systemctl kill --signal KILL docker
  wait $compose || :
  timeout 60 bash -c 'until docker ps >/dev/null 2>&1; do sleep 0.2; done'
  docker ps --all --format "{{.Names}}" | grep -qE "^[0-9a-f]{12}_"`;

const change = newSetting;

/** What somebody does to Docker, or the machine to what runs in it. */
export const ofDocker = {
  stopped: {
    name: "Docker is stopped by hand, for good",
    cause: onIt(
      "systemctl disable --quiet --now docker.socket docker",
      "systemctl enable --quiet docker.socket",
    ),
    within: 40,
  },
  removed: {
    name: "Docker is removed by hand",
    cause: onIt(removing),
    within: 90,
  },
  upgraded: {
    name: "Docker is upgraded by hand",
    async cause() {
      await onVictim(makeOther(29));
      return upgradeDocker();
    },
    change,
    within: 40,
  },
  upgradedMeanwhile: {
    name: "Docker is upgraded while Snikket starts",
    async cause(broken) {
      await onVictim(makeOther(29));
      expect(await broken().says(/snikket-deploy .*Starting Snikket/)).toBe(true);
      await onVictim("systemctl stop docker.socket docker");
      return upgradeDocker();
    },
    change,
    mayFail: lost,
    within: 60,
  },
  older: {
    name: "Docker is older than the settings want",
    async cause() {
      const before = await onVictim(dockerVersion);
      await onVictim(`${makeOther(27)}
        apt-get install -qy --allow-downgrades /var/tmp/other/docker-ce.deb >/dev/null`);
      return async () => expect(await onVictim(dockerVersion)).toBe(before);
    },
    change,
    within: 60,
  },
  killed: {
    name: "Docker dies while containers are made anew",
    cause: onIt(cutOff),
    change,
    within: 60,
  },
  portTaken: {
    name: "another program has a port while Snikket is down",
    cause: onIt(
      `docker stop --time 5 snikket >/dev/null
      systemd-run --quiet --unit taker python3 -m http.server 5222
      timeout 10 bash -c 'until ss -Hlnt sport = :5222 | grep -q .; do sleep 0.1; done'`,
      "systemctl stop taker",
    ),
    change,
    says: /ERROR: Port 5222\/tcp is taken by python3 \(process \d+\)\.\s+.*Stop it/,
    within: 30,
  },
  crashing: {
    name: "the server's container ends again and again",
    cause: onIt(
      "mv /var/lib/snikket/data/prosody /root/prosody && touch /var/lib/snikket/data/prosody",
      "rm /var/lib/snikket/data/prosody && mv /root/prosody /var/lib/snikket/data/prosody",
    ),
    change,
    says: /ERROR: The container snikket ends again and again; it says: /,
    within: 60,
  },
} satisfies Record<string, Fault>;
