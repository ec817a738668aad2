import { contract } from "../support/contract";
import { newcomer, speaks } from "../support/contract-probes";
import {
  bootstrap,
  domain,
  healthy,
  invitation,
  inviteLink,
  type Snikket,
  settings,
  snikketsImages,
  startServer,
  startSnikket,
  turnSecret,
} from "../support/contract-snikket";
import { eventually } from "../support/eventually";

contract("the server image, made anew with other settings", snikketsImages, (images) => {
  let snikket: Snikket;

  beforeAll(async () => {
    snikket = await startSnikket(await images()());
    await startServer(snikket);
  });
  afterAll(() => snikket.remove());

  it("keeps people, invitations and secrets", async () => {
    await newcomer(snikket, "anna");
    const [before, secret] = [await bootstrap(snikket), await turnSecret(snikket)];
    const conf = { TWEAK_SNIKKET_BOOTSTRAP_INDEX: "2", SNIKKET_PROXY65_PORT: "5001" };
    await snikket.run("server", settings(conf));
    await healthy(snikket);
    expect(await turnSecret(snikket)).toBe(secret);
    expect((await invitation(snikket, before.location)).status).toBe(200);
    expect(await snikket.shell("server", `prosodyctl shell user list ${domain}`)).toContain(
      "anna@",
    );
    await eventually(async () => {
      const listeners = await snikket.listeners();
      expect([listeners.includes("tcp/5001"), listeners.includes("tcp/5000")]).toEqual([
        true,
        false,
      ]);
    });
  });

  it("makes another first invitation for a higher index, and answers a lower one with 410", async () => {
    const second = await bootstrap(snikket);
    await snikket.run("server");
    await healthy(snikket);
    expect([second.status, second.location]).toEqual([303, expect.stringMatching(inviteLink)]);
    expect((await bootstrap(snikket)).status).toBe(410);
  });

  it("asks snikket-turn-addresses on its path what to tell the relay, which may be put in its place", async () => {
    const place = "/usr/local/bin/snikket-turn-addresses";
    const conf = settings({ SNIKKET_RELAY_ADDRESSES: `198.18.0.9/${snikket.ip} fd00::9` });
    await snikket.run("server", conf, {
      files: { [place]: "components/snikket/turn-addresses" },
    });
    await eventually(async () => {
      const commands = await snikket.shell("server", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '");
      expect(commands).toContain("-c /etc/turnserver.conf ");
      expect(commands).toContain(`-X 198.18.0.9/${snikket.ip} `);
    });
    const lines = await snikket.shell("server", "grep ^relay-ip= /etc/turnserver.conf");
    expect(lines.trim().split("\n")).toEqual([`relay-ip=${snikket.ip}`, "relay-ip=fd00::9"]);
  });

  it("offers apps no connection with a TLS profile that does not exist, and logs which do", async () => {
    await snikket.run("server", settings({ SNIKKET_TLS_PROFILE: "newest" }));
    await healthy(snikket);
    expect(await snikket.logs("server")).toMatch(
      /Invalid value for 'tls_profile': expected one of "modern", .+ but got "newest"/,
    );
    for (const version of ["1.2", "1.3"] as const)
      expect(await speaks(snikket, version)).toBe(false);
  });

  it("hands on no large files at a port that is no number, and logs it", async () => {
    await snikket.run("server", settings({ SNIKKET_PROXY65_PORT: "many" }));
    await healthy(snikket);
    expect(await snikket.logs("server")).toMatch(
      /Invalid port number specified for service 'proxy65': many/,
    );
    expect(await snikket.listeners()).not.toContain("tcp/5000");
  });

  it("does not come up with a number of days that is not whole, and logs why", async () => {
    await snikket.run("server", settings({ SNIKKET_RETENTION_DAYS: "7.5" }));
    await eventually(async () =>
      expect(await snikket.logs("server")).toMatch(/no integer representation/),
    );
    expect(await snikket.listeners()).not.toContain("tcp/5222");
  });
});
