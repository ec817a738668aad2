import { domain } from "../../sandbox/settings";
import { bringUp, onMachine } from "../support/e2e";
import { fault, faultsInTurn, lost, newSetting } from "../support/fault";

beforeAll(() => bringUp({ settings: "any" }));

/** Done on the machine, and taken back there. */
const onIt = (done: string, undone: string) => async (): Promise<() => Promise<void>> => {
  await onMachine(done);
  return async () => {
    await onMachine(undone);
  };
};

const dockerPackages = "docker-ce docker-ce-cli containerd.io docker-compose-plugin";

fault({
  name: "Docker is stopped by hand, for good",
  cause: onIt(
    "systemctl disable --quiet --now docker.socket docker",
    "systemctl enable --quiet docker.socket",
  ),
  change: newSetting(),
  within: 40,
});

fault({
  name: "Docker is removed by hand",
  cause: onIt(`apt-get purge -qy ${dockerPackages} >/dev/null`, ":"),
  change: newSetting(),
  within: 90,
});

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
  const before = await onMachine(dockerVersion);
  const since = await onMachine("systemctl show --property MainPID docker");
  await onMachine("apt-get install -qy /var/tmp/other/docker-ce.deb >/dev/null");
  expect(await onMachine("systemctl show --property MainPID docker")).not.toBe(since);
  return async () => {
    // Whatever serves is left alone.
    expect(await onMachine(dockerVersion)).toMatch(/^5:29/);
    await onMachine(`apt-get install -qy --allow-downgrades docker-ce=${before} >/dev/null`);
  };
}

describe("Docker is upgraded by hand", () => {
  beforeAll(() => onMachine(makeOther(29)));

  fault({
    name: "Docker is upgraded by hand",
    cause: upgradeDocker,
    change: newSetting(),
    within: 40,
  });

  fault({
    name: "Docker is upgraded while Snikket starts",
    async cause(broken) {
      expect(await broken().says(/snikket-deploy .*Starting Snikket/)).toBe(true);
      await onMachine("systemctl stop docker.socket docker");
      return upgradeDocker();
    },
    change: newSetting(),
    mayFail: lost,
    within: 60,
  });
});

fault({
  name: "Docker is older than the settings want",
  async cause() {
    const before = await onMachine(dockerVersion);
    await onMachine(`${makeOther(27)}
      apt-get install -qy --allow-downgrades /var/tmp/other/docker-ce.deb >/dev/null`);
    return async () => expect(await onMachine(dockerVersion)).toBe(before);
  },
  change: newSetting(),
  within: 60,
});

/** Compose gives a new container the old one's name only at the end. */
const cutOff = `cd /etc/snikket
  docker compose up --detach --force-recreate >/dev/null 2>&1 &
  compose=$!
  timeout 30 bash -c 'until docker ps --all --format "{{.Names}}" | grep -qE "^[0-9a-f]{12}_"; do sleep 0.02; done'
  systemctl kill --signal KILL docker
  wait $compose || :
  until docker ps >/dev/null 2>&1; do sleep 0.2; done
  docker ps --all --format "{{.Names}}" | grep -qE "^[0-9a-f]{12}_"`;

fault({
  name: "Docker dies while containers are made anew",
  cause: onIt(cutOff, ":"),
  change: newSetting(),
  within: 60,
});

fault({
  name: "another program has a port while Snikket is down",
  cause: onIt(
    `docker stop --time 5 snikket >/dev/null
    systemd-run --quiet --unit taker python3 -m http.server 5222
    timeout 10 bash -c 'until ss -Hlnt sport = :5222 | grep -q .; do sleep 0.1; done'`,
    "systemctl stop taker",
  ),
  change: newSetting(),
  says: /ERROR: Port 5222\/tcp is taken by python3 \(process \d+\)\.\s+.*Stop it/,
  within: 30,
});

faultsInTurn("data", [
  {
    name: "the folder for data is not there, as without its disk",
    cause: onIt(
      "docker stop --time 5 $(docker ps -q) >/dev/null; mv /var/lib/snikket /var/lib/away",
      "mv /var/lib/away /var/lib/snikket",
    ),
    change: newSetting(),
    says: new RegExp(
      `ERROR: The data of ${domain} is not at /var/lib/snikket\\.\\s+.*Mount its disk`,
    ),
    within: 30,
  },
  {
    name: "the data's marker is missing",
    cause: onIt(
      "mv /var/lib/snikket/domain /root/domain",
      "mv /root/domain /var/lib/snikket/domain",
    ),
    says: /ERROR: \/var\/lib\/snikket holds data, but not the file that says whose/,
    within: 30,
  },
]);

fault({
  name: "the server's container ends again and again",
  cause: onIt(
    "mv /var/lib/snikket/data/prosody /root/prosody && touch /var/lib/snikket/data/prosody",
    "rm /var/lib/snikket/data/prosody && mv /root/prosody /var/lib/snikket/data/prosody",
  ),
  change: newSetting(),
  says: /ERROR: The container snikket ends again and again; it says: /,
  within: 60,
});
