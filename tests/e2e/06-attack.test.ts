import { existsSync, readFileSync, rmSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { docker } from "../../sandbox/docker";
import { checkout, inHome } from "../../sandbox/settings";
import {
  type Seen,
  temporary,
  type Watched,
  watchedUp,
  watchForSecrets,
} from "../support/attack-watch";
import { bringUp, machine, onMachine, services } from "../support/e2e";
import { contentOf, found, readableFilesWith, secrets } from "../support/e2e-secrets";
import { copyOfState, pulumi, stackFileWith } from "../support/e2e-stack";

const lines = async (script: string, name = machine) =>
  (await onMachine(script, { name })).split("\n").filter(Boolean);

let all: Record<string, string>;

beforeAll(async () => {
  await bringUp({ settings: "any" });
  const passphrase = readFileSync(inHome("passphrase"), "utf8");
  all = { ...(await secrets()), "passphrase of the state": passphrase };
  expect(Object.keys(all).length).toBeGreaterThan(7);
});

describe("no secret, while an up changes every container,", () => {
  // The whole stack has to fit into one variable of the program's environment.
  const texts = ["'", "$(", "日"].map((unit) => unit.repeat(10_000 / unit.length));
  const values = Object.fromEntries(texts.map((text, i) => [`SNIKKET_TWEAK_LONG_${i}`, text]));
  // Another one each time, or the second run would change nothing.
  const retentionDays = 30 + (Math.floor(Date.now() / 1000) % 30_000);
  const changed = () => stackFileWith("long", { retentionDays, extraSettings: values });
  let watched: Watched;
  let journal: string;

  beforeAll(async () => {
    const root = await machineRoot();
    const began = await onMachine("date +%s");
    watched = await watchedUp(changed(), Object.values(all), [`${root}/tmp`, `${root}/var/tmp`]);
    journal = await onMachine(
      `journalctl --quiet --no-pager --output export --since @${began} | tr -d '\\000'`,
    );
  });

  it("is looked for where one would be found", async () => {
    const held = path.join(temporary, "held");
    const stop = watchForSecrets(["hunter-two"], [temporary]);
    let probed: Seen;
    try {
      // Not in an argument, for the environment of Docker's own client would hold that as well.
      await onMachine("PROBE=hunter-$(echo two) bash -c 'sleep 3; :'");
      await writeFile(held, "hunter-two");
      await onMachine("sleep 3");
      await rm(held);
    } finally {
      probed = await stop();
    }
    const { variables, files } = probed;
    expect(variables).toContain("PROBE");
    expect(files.map((file) => file.split(" ")[1])).toEqual([held]);
    expect(Object.values(all).every((secret) => secret.length > 15)).toBe(true);
    expect(watched.seen.looks).toBeGreaterThan(5);
  });

  it("is in an environment, but for what Pulumi gives its program, and Snikket's own in its containers", () => {
    expect(watched.seen.variables.sort()).toEqual([
      "PULUMI_CONFIG",
      "SNIKKET_WEB_SECRET_KEY",
      "TWEAK_SNIKKET_BOOTSTRAP_SECRET",
    ]);
  });

  it("is in a command line, but for coturn's own", () => {
    const others = watched.commandLines
      .split("\n")
      .filter((line) => !/turnserver .*--static-auth-secret=/.test(line));
    expect(others.some((line) => line.startsWith("sudo -n bash -s"))).toBe(true);
    expect(found(all, others.join("\n"))).toEqual([]);
  });

  it("is in a temporary file of this computer or the machine, but for Docker's own, which are root's", () => {
    const isDockers = (file: string) => /^600 \S*\/tmp\/runc-process\d+$/.test(file);
    expect(watched.seen.files.filter((file) => !isDockers(file))).toEqual([]);
    expect(found(all, contentOf(temporary))).toEqual([]);
  });

  it("is in the journal of the machine, in a shell's history, or in a core dump", async () => {
    expect(journal).toMatch(/COMMAND=.*bash/);
    expect(found(all, journal)).toEqual([]);
    const names = "-name '.*_history' -o -name 'core' -o -name 'core.[0-9]*'";
    expect(
      await lines(`find / -xdev -path /usr -prune -o -type f \\( ${names} \\) -print
        find /var/crash /var/lib/systemd/coredump -type f 2>/dev/null || :`),
    ).toEqual([]);
  });

  it.each(services)(
    "is in what %s logs, but for the page of the first invitation",
    async (name) => {
      const log = await onMachine(`docker logs ${name} 2>&1`);
      expect(log).not.toBe("");
      expect(found(all, log.replaceAll(/GET \/invite\/[\w-]+/g, "GET /invite/"))).toEqual([]);
    },
  );

  it("is in the output, however much of it is asked for", async () => {
    expect(found(all, watched.ended.output)).toEqual([]);
    const env = { ...copyOfState("verbose"), PULUMI_DEBUG_COMMANDS: "true", TMPDIR: temporary };
    const events = inHome("e2e", "events");
    const much = ["--debug", "--diff", "--show-reads", "--show-sames", "--json"];
    const { output } = await pulumi(["preview", ...much, `--event-log=${events}`], {
      stackFile: stackFileWith("verbose", { retentionDays: 22 }),
      env,
    });
    const log = existsSync(events) ? readFileSync(events, "utf8") : "";
    expect(output.length).toBeGreaterThan(20_000);
    expect(found(all, `${output}${log}`)).toEqual([]);
  });

  it("is in Pulumi's log but where docs/security.md warns of it", async () => {
    const env = { ...copyOfState("logged"), TMPDIR: temporary };
    const trace = inHome("e2e", "trace");
    const more = ["--logtostderr", `--tracing=file:${trace}`];
    const { output } = await pulumi(["preview", ...more], { env });
    for (const text of [output, readFileSync(trace, "latin1")])
      expect(found(all, text).length).toBeGreaterThan(0);
    rmSync(trace);
    const said = readFileSync(path.join(checkout, "docs/security.md"), "utf8").replaceAll(
      /\s+/g,
      " ",
    );
    expect(said).toContain(
      "Pulumi's own log, with `--debug`, `--logtostderr`, `-v` or `--tracing`",
    );
  });

  it.each(services)("and what is 10,000 characters long arrives in %s", async (name) => {
    const text = await onMachine(`docker exec ${name} env -0 | base64 --wrap 0`);
    const inside = Buffer.from(text, "base64").toString().split("\0");
    const wrong = Object.entries(values).filter(
      ([key, value]) => !inside.includes(`${key}=${value}`),
    );
    expect(wrong.map(([key]) => key)).toEqual([]);
  });
});

/** The machine's own root, as this computer sees it. */
const machineRoot = async (): Promise<string> =>
  `/proc/${(await docker(["inspect", "-f", "{{.State.Pid}}", machine])).stdout.trim()}/root`;

describe("on the machine", () => {
  it("everything of ours belongs to root, and others write none of it", async () => {
    const ours =
      "/etc/snikket* /usr/local/lib/snikket /etc/apt/apt.conf.d/80-snikket* /etc/systemd/system/*snikket* /etc/systemd/journald.conf.d /var/lib/snikket/domain /var/lib/snikket/secrets.conf";
    expect(
      await lines(
        `find -L ${ours} \\( -not -user root -o -not -group root -o -perm /022 -o -perm /7000 \\)`,
      ),
    ).toEqual([]);
    const closed = ["/etc/snikket/snikket.conf", "/var/lib/snikket/secrets.conf"];
    expect(await lines(`stat -c '%a %n' ${closed.join(" ")}`)).toEqual(
      closed.map((file) => `600 ${file}`),
    );
    expect(await readableFilesWith(all)).toBe("");
  });

  it("SSH is as it was: nothing of it was written but the host key that it was given", async () => {
    const { stdout } = await docker(["diff", machine]);
    const touched = stdout.split("\n").filter((line) => / \/etc\/(ssh|pam\.d|sudoers)/.test(line));
    expect(
      touched.filter((line) => !/ssh_host_ed25519_key|^C \/etc\/ssh$|sudoers\.d/.test(line)),
    ).toEqual([]);
  });
});
