import { wronglySignedRepository } from "../../sandbox/services";
import type { Fault } from "./fault";
import { newTime } from "./fault-changes";
import {
  atDockersPackages,
  atWeb,
  type Back,
  type Between,
  dockersPackagesSilent,
  refused,
} from "./fault-services";
import { onIt, onVictim } from "./fault-victim";

/** A package that the machine has to have is gone, and has to be fetched. */
const installing = (takesPlace: () => Promise<Back>) => async (): Promise<Back> => {
  await onVictim(
    "apt-get remove -qy unattended-upgrades >/dev/null; apt-get clean; rm -f /var/lib/apt/lists/*_*",
  );
  return takesPlace();
};

const failed = (seen: string) =>
  new RegExp(
    `${seen}[\\s\\S]*ERROR: Installing unattended upgrades .* failed .*\\s+.*\\s+Mend what`,
  );

/** As the login page of a guest network, whatever is asked for. */
const loginPage: Between = (_request, answer) => {
  answer.writeHead(200, { "content-type": "text/html" }).end("<html>Welcome! Log in.</html>");
};

const apt = "/var/lib/apt/lists/lock";
const dpkg = "/var/lib/dpkg/lock-frontend";

/** As a program that reads the package lists, or installs something. */
const holds = (file: string) => `import fcntl, time
held = open("${file}", "w")
fcntl.lockf(held, fcntl.LOCK_EX)
time.sleep(3600)`;

/** A program that has it. @returns ends it */
function busyWith(file: string): Promise<Back> {
  const unit = file.split("/").at(-1);
  const start = `systemd-run --quiet --collect --unit ${unit} python3 -c '${holds(file)}'`;
  return onIt(start, `systemctl stop ${unit}`)();
}

const waiting = (seconds: string, seen: string) =>
  new RegExp(
    `waiting for another program to be done with apt: ${seconds} s of at most 1200 s; ${seen}`,
  );
const heldBy = (file: string) =>
  `Could not get lock ${file}. It is held by process \\d+ \\(python3\\)`;
const waitingForDpkg = `Waiting for cache lock: ${heldBy(dpkg)}`;

/** First the lists for a minute, then dpkg. */
const busyForAMinute: Fault["cause"] = async (broken) => {
  const [listed, installed] = [await busyWith(apt), await busyWith(dpkg)];
  const waits = await broken().says(waiting("6\\d", `E: ${heldBy(apt)}`));
  await listed();
  const goesOn = await broken().says(
    new RegExp(`Installing .*: 10 s of at most 1800 s; it says: ${waitingForDpkg}`),
  );
  await installed();
  expect([waits, goesOn]).toEqual([true, true]);
  return async () => {};
};

/** To the scripts, each second that they sleep is a minute. */
const hurried = `unset SECONDS; SECONDS=0
sleep() { [[ $1 != 1 ]] || SECONDS=$((SECONDS + 60)); command sleep "$1"; }`;

async function busyForHours(): Promise<Back> {
  await onVictim(`echo '${hurried}' >/root/hurried
    printf '#!/bin/sh\nBASH_ENV=/root/hurried exec /bin/bash "$@"\n' >/usr/local/bin/bash
    chmod +x /usr/local/bin/bash`);
  const done = await busyWith(apt);
  return async () => {
    await onVictim("rm /usr/local/bin/bash /root/hurried");
    await done();
  };
}

/** The ten minutes that apt has for this by our settings are twenty seconds. */
async function installingForHours(): Promise<Back> {
  const file = "/etc/apt/apt.conf.d/99-hurried";
  await onVictim(`echo 'DPkg::Lock::Timeout "20";' >${file}`);
  const done = await busyWith(dpkg);
  return async () => {
    await onVictim(`rm ${file}`);
    await done();
  };
}

/** Its installation takes a while, and until then it is half done. */
const makeSlow = `mkdir -p /var/tmp/slow/DEBIAN; cd /var/tmp
  printf '%s\n' 'Package: slow' 'Version: 1' 'Architecture: all' 'Maintainer: x' 'Description: x' >slow/DEBIAN/control
  printf '#!/bin/sh\nsleep 40\n' >slow/DEBIAN/postinst; chmod 755 slow/DEBIAN/postinst
  dpkg-deb -Zgzip --build slow slow.deb >/dev/null`;

/** Beside ours, a repository of somebody else's. */
const list = "/etc/apt/sources.list.d/other.list";
const other = `deb [signed-by=/etc/apt/keyrings/docker.asc] ${wronglySignedRepository}/debian trixie stable`;

/** What apt may meet while the machine is prepared. */
export const ofPackages = {
  unreachable: {
    name: "the repositories are unreachable",
    cause: installing(() => refused("--dport 80")),
    change: newTime,
    says: failed("Unable to connect to "),
    within: 60,
  },
  garbage: {
    name: "a mirror answers garbage",
    cause: installing(() => atWeb(loginPage)),
    change: newTime,
    says: failed("does the network require authentication"),
    within: 60,
  },
  listsKept: {
    name: "another program keeps the package lists for longer than 20 minutes",
    cause: busyForHours,
    change: newTime,
    says: new RegExp(
      `ERROR: Another program has kept apt busy for 20 minutes\\.\\s+.*Seen last: E: ${heldBy(apt)}.*\\s+.*ps -ef`,
    ),
    within: 60,
  },
  dpkgKept: {
    name: "another program keeps dpkg for longer than 10 minutes",
    cause: installingForHours,
    change: newTime,
    says: failed(`${waitingForDpkg}[\\s\\S]*E: Unable to acquire the dpkg frontend lock`),
    within: 60,
  },
  busy: {
    name: "another program keeps apt busy for a minute",
    cause: busyForAMinute,
    change: newTime,
    within: 120,
  },
  installing: {
    name: "another program installs something",
    async cause(broken) {
      await onVictim(`${makeSlow}
        systemd-run --quiet --collect --unit busy dpkg --install /var/tmp/slow.deb
        timeout 10 bash -c 'until [[ $(dpkg --audit) ]]; do sleep 0.1; done'`);
      const waits = await broken().says(
        waiting("1\\d", "process \\d+ \\(dpkg\\) installs or removes"),
      );
      return async () => {
        expect(waits).toBe(true);
        await onVictim("dpkg --purge slow >/dev/null");
      };
    },
    change: newTime,
    within: 90,
  },
  othersBadSignature: {
    name: "a repository of somebody else has a bad signature",
    cause: installing(onIt(`echo '${other}' >${list}`, `rm ${list}`)),
    change: newTime,
    within: 60,
  },
} satisfies Record<string, Fault>;

/** The same packages, signed by somebody else, and not in the same second. */
const wronglySigned: Between = (request, answer, pass) => {
  request.url = request.url?.replace("/linux", "/wrong-signature/linux") ?? "";
  const write = answer.writeHead.bind(answer);
  const later = new Date().toUTCString();
  Object.assign(answer, {
    writeHead: (status: number, headers: object) =>
      write(status, { ...headers, "last-modified": later }),
  });
  pass();
};

/** What a machine without Docker may find where Docker's packages are. */
export const ofDockersRepository = {
  silent: {
    name: "Docker's repository is silent",
    cause: dockersPackagesSilent,
    says: /Docker's signing key from \S+: 10 s of at most[\s\S]*curl: \(28\) [\s\S]*ERROR: Fetching Docker's signing key from \S+: that failed .*\s+.*\s+.*Is that address reachable/,
    within: 120,
  },
  otherKey: {
    name: "Docker's repository has another key",
    cause: () => atDockersPackages(loginPage),
    says: /ERROR: The signing key at \S+ is no key at all, not [0-9A-F]{40}\.\s+.*Nothing was installed/,
    within: 60,
  },
  badSignature: {
    name: "Docker's repository has a bad signature",
    cause: () => atDockersPackages(wronglySigned),
    says: /ERROR: The repository \S+ is not signed by Docker's key, or could not be read\.\s+.*Nothing was installed/,
    within: 60,
  },
} satisfies Record<string, Fault>;
