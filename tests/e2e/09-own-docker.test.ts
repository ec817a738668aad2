import { sandboxName } from "../../sandbox/settings";
import { command, type Ended, expectDone } from "../support/e2e";

/** A computer whose Docker is nobody's yet: one that runs outside is neither seen nor touched, nor are its mounts held. */
const elsewhere = [
  ...["--mount", "--propagation", "slave", "--net"],
  ...["--pid", "--fork", "--kill-child", "--mount-proc"],
];
const prepare = `for folder in /run /etc/docker /var/lib/docker; do
    mkdir -p $folder; mount -t tmpfs tmpfs $folder
  done
  export XDG_CACHE_HOME=/run/cache
  sandbox() { node --import tsx sandbox/index.ts "$@" 2>&1; }
  daemon() { node --import tsx --eval "require('./sandbox/daemon.ts').$1.then($2)"; }
  hold() { daemon 'ensureDocker({ install: false })' "$1"; }
  ends='() => process.exit()'`;

/** What a script says there. */
const there = (script: string): Promise<Ended> =>
  command("unshare", [...elsewhere, "bash", "-euc", `${prepare}\n${script}`], {
    env: { ...process.env, SNIKKET_SANDBOX_NAME: `${sandboxName}-own` },
  });

const runsOn = /^ +\d+ s {2}The sandbox is gone\. Docker runs on and keeps images,/m;
const isStopped = /^ +\d+ s {2}The sandbox is gone\. Docker is stopped and keeps images,/m;

describe("a Docker that the sandbox started", () => {
  it("is stopped by down, with all that it started, and starts again", async () => {
    const { output, code } = await there(`
      for time in first second; do
        hold "$ends"; docker version >/dev/null; sandbox down
      done
      cat /proc/[0-9]*/cmdline | tr '\\0' '\\n' | grep -Ex '(.*/)?(dockerd|containerd)' || echo nothing runs
      [ -e /run/docker.pid ] || echo no number is left
      sandbox status || true`);
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(output.match(new RegExp(isStopped, "gm"))).toHaveLength(2);
    expect(output).toMatch(/^nothing runs\nno number is left\n/m);
    expect(output).toContain('There is no machine. Start one with "npm run sandbox".');
  });

  it("runs on where somebody has a container, and is stopped after it", async () => {
    const ended = await there(`hold "$ends"
      tar --create --files-from /dev/null | docker import - nothing >/dev/null
      docker create --name theirs nothing true >/dev/null
      sandbox down; docker rm theirs; sandbox down`);
    expectDone(ended);
    const [during = "", after = ""] = ended.output.split("theirs\n");
    expect(during).toMatch(runsOn);
    expect(after).toMatch(isStopped);
  });

  it("runs on while another sandbox is at work with it, and what ends last stops it", async () => {
    const ended = await there(`mkfifo /run/told /run/done
      hold '() => { console.log("holds"); process.stdin.resume(); }' </run/done >/run/told &
      exec 8>/run/done; read -r line </run/told
      sandbox down; docker version >/dev/null; echo "it $line"
      exec 8>&-; wait; sandbox down`);
    expectDone(ended);
    const [during = "", after = ""] = ended.output.split("it holds\n");
    expect(during).toMatch(runsOn);
    expect(after).toMatch(isStopped);
  });
});

it("a Docker that somebody else started runs on", async () => {
  const ended = await there(`DOCKER_ALLOW_IPV6_ON_IPV4_INTERFACE=1 dockerd 2>/dev/null &
    until docker version >/dev/null 2>&1; do sleep 0.2; done
    hold "$ends"; sandbox down; docker version --format 'it answers'`);
  expectDone(ended);
  expect(ended.output).toMatch(runsOn);
  expect(ended.output).toMatch(/^it answers$/m);
});
