import { quote } from "../../components/remote/shell";
import { address, domain, inHome } from "../../sandbox/settings";
import {
  command,
  containers,
  type Ended,
  expectDone,
  expectNoTrace,
  machine,
  onMachine,
  remember,
  sandbox,
  services,
} from "../support/e2e";
import { ctrlC, goesOn, type Interrupted, interrupt, seed } from "../support/e2e-interrupt";
import { outputs, pulumi, summary } from "../support/e2e-stack";
import { runOn } from "../support/e2e-steps";
import { eventually } from "../support/eventually";
import { linkPrograms } from "../support/programs";

describe("npm run sandbox, from nothing", () => {
  let early: Interrupted;
  let first: Ended;
  let second: Ended;
  let withoutCurl: NodeJS.ProcessEnv;

  beforeAll(async () => {
    expectDone(await sandbox(["down"]));
    // Network and services are started then, and take longer.
    const moment = { after: /A plan, by npm run plan/, seconds: (seed % 25) / 10 };
    early = await interrupt(ctrlC, ["npm", "run", "sandbox"], moment);
    first = await sandbox();
    expectDone(first);
    await remember();
  });

  it("ends at once by Ctrl-C while its network and services start, and goes on from there", () => {
    expect(early.code).toBe(130);
    expect(early.output).toMatch(goesOn);
    expectNoTrace(early);
    expect(early.seconds).toBeLessThan(10);
  });

  it("shows first what would be made at Oracle Cloud, without an account", () => {
    const [plan = ""] = first.output.split("host-prepare creating");
    expect(plan).toContain("What pulumi up would do for a new stack");
    expect(plan).toMatch(/the public address .*\[host-address, PublicIp\]/);
  });

  it("shows two people who joined with invitations, chat, share a file and make a call", () => {
    const [, transcript = ""] = first.output.split("Two people, over the server that answers now:");
    expect(transcript).toContain("anna joined with an invitation");
    expect(transcript).toContain("ben joined with an invitation");
    expect(transcript).toContain("anna: Dinner at seven?");
    expect(transcript).toContain("ben: Seven is fine. I bring dessert.");
    expect(transcript).toContain('anna, to the group "dinner": What do we cook?');
    expect(transcript).toMatch(/ben shares pie.txt, anna reads: Apple pie: .+ patience\./);
    const call = `anna calls ${address("peer")} through ${address("machine")}:`;
    const [, returned, sent] =
      /(\d+) of (\d+) packets of sound came back/.exec(transcript.split(call)[1] ?? "") ?? [];
    expect(Number(returned)).toBeGreaterThan(Number(sent) / 2);
  });

  it.each(["a plan", "machine \\S+", "two people"])("says how long %s took", (wait) => {
    expect(first.output).toMatch(new RegExp(`^ +\\d+ s {2}${wait}: done in \\d+ s$`, "m"));
  });

  it("names the images that really ran", async () => {
    const [, named] = /^Snikket's images: (Snikket's own|stand-ins)\./m.exec(first.output) ?? [];
    const label = "org.opencontainers.image.description";
    const standIns = Object.values(await containers()).filter(({ Config }) =>
      Config.Labels[label]?.startsWith("Stand-in for"),
    );
    expect(standIns).toHaveLength(named === "stand-ins" ? 4 : 0);
    expect(first.output).toContain("A phone cannot join this server");
  });

  it("prints a command that opens the portal with a trusted certificate", async () => {
    const [, shown = ""] = /To open it here:\n {2}(.+)\n/.exec(first.output) ?? [];
    const { code, output } = await command("bash", ["-c", `${shown} -sS -w 'HTTP %{http_code}'`]);
    expect({ code, output }).toEqual({ code: 0, output: "HTTP 302" });
    const start = await command("bash", ["-c", `${shown}login -sS`]);
    expect(start.output).toContain(domain);
    // The same without the authority's root is refused: what was shown is a certificate of its own.
    const untrusted = shown.replace(/ --cacert \S+/, "");
    expect(untrusted).not.toBe(shown);
    expect((await command("bash", ["-c", `${untrusted} -sS`])).output).toMatch(/certificate/i);
  });

  it("says how to look around, and what to do for a real server", async () => {
    expect(first.output).toContain("npm run sandbox -- status | ssh | logs | env");
    expect(first.output).toContain("install the app on a phone first, then scan the code");
    const status = await sandbox(["status"]);
    expectDone(status);
    for (const name of services) expect(status.stdout).toMatch(new RegExp(`^${name} +Up `, "m"));
    const logs = await sandbox(["logs"]);
    expectDone(logs);
    expect(logs.stdout).toMatch(/snikket +\| Imported certificate and key/);
  });

  it("lets one use Pulumi on it by hand", async () => {
    const byHand = `eval "$(npm run -s sandbox -- env)"; npx pulumi stack output url`;
    const { code, stdout } = await command("bash", ["-euc", byHand]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `https://${domain}/\n` });
  });

  it("changes nothing the second time", async () => {
    const PATH = linkPrograms(inHome("e2e", "without-curl"), "curl");
    withoutCurl = { ...process.env, PATH };
    second = await sandbox([], { env: withoutCurl });
    expectDone(second);
    expect(summary(first)).toEqual({ created: 13 });
    expect(summary(second)).toEqual({ unchanged: 13 });
    expect(second.output).toContain("Two people talked the first time; npm run sandbox -- down");
  });

  it("prints another command that opens the portal where there is no curl", async () => {
    const [, shown = ""] = /To open it here:\n {2}(.+)\n/.exec(second.output) ?? [];
    expect(shown).toMatch(/^npm run -s sandbox -- ssh curl /);
    const script = ["-c", `${shown} -sS -w %{http_code}`];
    const opened = await command("bash", script, { env: withoutCurl });
    expect(opened).toMatchObject({ code: 0, output: "302" });
  });

  it("gives the stack's outputs, the invitation as a secret", async () => {
    const open = { url: `https://${domain}/`, domain, ipv4: address("machine") };
    const monthlyCost = "not known: the machine was there already";
    expect(await outputs()).toEqual({ ...open, monthlyCost, invitation: "[secret]" });
    expect(first.output).not.toContain("warning:");
    expect(first.output).toMatch(/^ +invitation *: \[secret\]$/m);
    const { output } = await pulumi(["stack", "output", "--show-secrets"]);
    expect(output).toMatch(/^ +invitation +\S.{20}/m);
  });
});

/** How Prosody writes a domain in the name of a folder. */
const folderOf = domain.replaceAll(/[^a-z0-9]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);

describe("the machine then", () => {
  const data = ["/snikket", "volume snikket_snikket_data"] as const;
  const challenges = "volume snikket_acme_challenges";

  it("runs upstream's four containers, each with its volumes", async () => {
    const found = await containers();
    expect(Object.keys(found).sort()).toEqual(services);
    const mounts = Object.entries(found).map(([name, { Mounts }]) => [
      name,
      Object.fromEntries(
        Mounts.map((mount) => [mount.Destination, `${mount.Type} ${mount.Name ?? mount.Source}`]),
      ),
    ]);
    expect(Object.fromEntries(mounts)).toEqual({
      snikket: Object.fromEntries([data]),
      "snikket-portal": {},
      "snikket-proxy": {
        ...Object.fromEntries([data]),
        "/var/www/html/.well-known/acme-challenge": challenges,
      },
      "snikket-certs": {
        ...Object.fromEntries([data]),
        "/var/www/.well-known/acme-challenge": challenges,
        "/etc/snikket/ca": "bind /etc/snikket/ca",
      },
    });
  });

  it("has them healthy, each by its own check", async () => {
    const health = async () =>
      Object.entries(await containers()).map(([name, { State }]) => [name, State.Health?.Status]);
    const wanted = services.map((name) => [name, "healthy"]);
    // Docker looks when it has waited for its interval, a minute.
    await eventually(async () => expect((await health()).sort()).toEqual(wanted), 90);
  });

  it("runs them on the host's network, restarted, with a cap on logs", async () => {
    for (const { State, HostConfig } of Object.values(await containers())) {
      expect(State.Running).toBe(true);
      expect(HostConfig.NetworkMode).toBe("host");
      expect(HostConfig.RestartPolicy.Name).toBe("unless-stopped");
      const cap = { "max-size": "10m", "max-file": "3" };
      expect(HostConfig.LogConfig).toEqual({ Type: "json-file", Config: cap });
    }
  });

  it.each(services)("asks %s after its health with what its image contains", async (name) => {
    const [kind, ...test] = (await containers())[name]?.Config.Healthcheck.Test ?? [];
    expect(["CMD", "CMD-SHELL"]).toContain(kind);
    const command = kind === "CMD" ? test : ["sh", "-c", ...test];
    const { code, output } = await runOn(
      machine,
      `docker exec ${name} ${command.map(quote).join(" ")}`,
    );
    expect({ code, output }).toEqual({ code: 0, output: "" });
  });

  it("can be copied as Snikket's own documentation says", async () => {
    const copy = `docker run --rm --network none --volumes-from=snikket --entrypoint tar \
      "$(docker inspect --format '{{.Config.Image}}' snikket)" c /snikket | tar t`;
    expect((await onMachine(copy)).split("\n")).toContain(`snikket/prosody/${folderOf}/accounts/`);
  });

  it("keeps the data in /var/lib/snikket/data", async () => {
    const folder = "stat -c '%d %i'";
    const outside = await onMachine(`${folder} /var/lib/snikket/data`);
    expect(await onMachine(`docker exec snikket ${folder} /snikket`)).toBe(outside);
  });
});
