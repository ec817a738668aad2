import { wronglySignedRepository } from "../../sandbox/services";
import { bringUp, onMachine } from "../support/e2e";
import { type Fault, happens, ownHost } from "../support/fault";
import {
  atDockersPackages,
  atWeb,
  type Back,
  type Between,
  dockersPackagesSilent,
  refused,
} from "../support/fault-services";

beforeAll(() => bringUp({ settings: "any" }));

/** A package that the machine has to have is gone, and has to be fetched. */
const installing = (takesPlace: () => Promise<Back>) => async (): Promise<Back> => {
  await onMachine(
    "apt-get remove -qy unattended-upgrades >/dev/null; apt-get clean; rm -f /var/lib/apt/lists/*_*",
  );
  return takesPlace();
};

/** Another time for restarts, so that the machine is prepared again. */
const change = (minute: number) => ({
  host: ownHost({ rebootAt: `0${minute}:${new Date().toISOString().slice(14, 16)}` }),
});

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

/** Programs that have these. @returns ends them */
async function busyWith(...files: string[]): Promise<Back> {
  const units = files.map((file) => file.split("/").at(-1));
  for (const [i, file] of files.entries())
    await onMachine(`systemd-run --quiet --collect --unit ${units[i]} python3 -c '${holds(file)}'`);
  return async () => {
    await onMachine(`systemctl stop ${units.join(" ")}`);
  };
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
  await onMachine(`echo '${hurried}' >/root/hurried
    printf '#!/bin/sh\nBASH_ENV=/root/hurried exec /bin/bash "$@"\n' >/usr/local/bin/bash
    chmod +x /usr/local/bin/bash`);
  const done = await busyWith(apt);
  return async () => {
    await onMachine("rm /usr/local/bin/bash /root/hurried");
    await done();
  };
}

/** The ten minutes that apt has for this by our settings are twenty seconds. */
async function installingForHours(): Promise<Back> {
  const file = "/etc/apt/apt.conf.d/99-hurried";
  await onMachine(`echo 'DPkg::Lock::Timeout "20";' >${file}`);
  const done = await busyWith(dpkg);
  return async () => {
    await onMachine(`rm ${file}`);
    await done();
  };
}

it("while packages are installed", async () => {
  await happens(
    {
      name: "the repositories are unreachable",
      cause: installing(() => refused("--dport 80")),
      change: change(1),
      says: failed("Unable to connect to "),
      within: 60,
    },
    {
      name: "a mirror answers garbage",
      cause: installing(() => atWeb(loginPage)),
      says: failed("does the network require authentication"),
      within: 60,
    },
    {
      name: "another program keeps the package lists for longer than 20 minutes",
      cause: busyForHours,
      says: new RegExp(
        `ERROR: Another program has kept apt busy for 20 minutes\\.\\s+.*Seen last: E: ${heldBy(apt)}.*\\s+.*ps -ef`,
      ),
      within: 60,
    },
    {
      name: "another program keeps dpkg for longer than 10 minutes",
      cause: installingForHours,
      says: failed(`${waitingForDpkg}[\\s\\S]*E: Unable to acquire the dpkg frontend lock`),
      within: 60,
    },
    { name: "another program keeps apt busy for a minute", cause: busyForAMinute, within: 120 },
  );
});

/** Its installation takes a while, and until then it is half done. */
const makeSlow = `mkdir -p /var/tmp/slow/DEBIAN; cd /var/tmp
  printf '%s\n' 'Package: slow' 'Version: 1' 'Architecture: all' 'Maintainer: x' 'Description: x' >slow/DEBIAN/control
  printf '#!/bin/sh\nsleep 40\n' >slow/DEBIAN/postinst; chmod 755 slow/DEBIAN/postinst
  dpkg-deb -Zgzip --build slow slow.deb >/dev/null`;

it("while another program installs something", async () => {
  await happens({
    name: "another program installs something",
    async cause(broken) {
      await onMachine(`${makeSlow}
        systemd-run --quiet --collect --unit busy dpkg --install /var/tmp/slow.deb
        timeout 10 bash -c 'until [[ $(dpkg --audit) ]]; do sleep 0.1; done'`);
      const waits = await broken().says(
        waiting("1\\d", "process \\d+ \\(dpkg\\) installs or removes"),
      );
      return async () => {
        expect(waits).toBe(true);
        await onMachine("dpkg --purge slow >/dev/null");
      };
    },
    change: change(3),
    within: 90,
  });
});

it("beside a repository that is not ours", async () => {
  const list = "/etc/apt/sources.list.d/other.list";
  const other = `deb [signed-by=/etc/apt/keyrings/docker.asc] ${wronglySignedRepository}/debian trixie stable`;
  await happens({
    name: "a repository of somebody else has a bad signature",
    cause: installing(async () => {
      await onMachine(`echo '${other}' >${list}`);
      return async () => {
        await onMachine(`rm ${list}`);
      };
    }),
    change: change(2),
    within: 60,
  });
});

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

it("from Docker's own repository, on a new machine", async () => {
  await happens(
    {
      name: "a new machine finds Docker's repository silent",
      cause: dockersPackagesSilent,
      change: "rebuilt",
      says: /Docker's signing key from \S+: 10 s of at most[\s\S]*curl: \(28\) [\s\S]*ERROR: Fetching Docker's signing key from \S+: that failed .*\s+.*\s+.*Is that address reachable/,
      within: 120,
    },
    {
      name: "a new machine finds Docker's repository with another key",
      cause: () => atDockersPackages(loginPage),
      says: /ERROR: The signing key at \S+ is no key at all, not [0-9A-F]{40}\.\s+.*Nothing was installed/,
      within: 60,
    },
    {
      name: "a new machine finds Docker's repository with a bad signature",
      cause: () => atDockersPackages(wronglySigned),
      says: /ERROR: The repository \S+ is not signed by Docker's key, or could not be read\.\s+.*Nothing was installed/,
      within: 60,
    },
  );
});
