import { wronglySignedRepository } from "../../sandbox/services";
import { bringUp, onMachine } from "../support/e2e";
import { type Fault, happens, ownHost } from "../support/fault";
import { atWeb, type Back, refused } from "../support/fault-services";

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
const loginPage = (): Promise<Back> =>
  atWeb((_request, answer) => {
    answer.writeHead(200, { "content-type": "text/html" }).end("<html>Welcome! Log in.</html>");
  });

/** As another program that installs something. */
const lock = `import fcntl, time
files = [open(path, "w") for path in ("/var/lib/dpkg/lock-frontend", "/var/lib/apt/lists/lock")]
for file in files: fcntl.lockf(file, fcntl.LOCK_EX)
time.sleep(3600)`;

const locked: Fault["cause"] = async (broken) => {
  await onMachine(`systemd-run --quiet --unit busy python3 -c '${lock}'`);
  const waits = await broken().says(
    /waiting for another program to be done with apt: \d+ s of at most/,
  );
  await onMachine("systemctl stop busy");
  expect(waits).toBe(true);
  return async () => {};
};

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
      cause: installing(loginPage),
      says: failed("does the network require authentication"),
      within: 60,
    },
    { name: "another program keeps apt busy", cause: locked, within: 60 },
  );
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
