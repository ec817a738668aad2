import { contract } from "../support/contract";
import { findArchived, newcomer, relayPort, speaks } from "../support/contract-probes";
import {
  bootstrap,
  domain,
  healthy,
  invitation,
  inviteLink,
  ports,
  programs,
  programsIn,
  prosody,
  type Snikket,
  settings,
  snikketsImages,
  startServer,
  startSnikket,
  turnPorts,
  turnSecret,
} from "../support/contract-snikket";
import { eventually } from "../support/eventually";

contract("the server image", snikketsImages, (images) => {
  let snikket: Snikket;

  beforeAll(async () => {
    snikket = await startSnikket(await images()());
  });
  afterAll(() => snikket.remove());

  it("refuses to start without a domain or an administrator's address, and says which", async () => {
    for (const name of ["SNIKKET_DOMAIN", "SNIKKET_ADMIN_EMAIL"]) {
      await snikket.run("server", settings({ [name]: "" }));
      expect(Number(await snikket.docker("wait", "server"))).toBe(1);
      expect(await snikket.logs("server")).toContain(`Please provide ${name}`);
    }
  });

  it("starts nothing before there is a certificate, and then by itself", async () => {
    await snikket.run("server");
    await eventually(() => snikket.shell("server", "test -e /snikket/prosody/turn-auth-secret-v2"));
    expect(await snikket.listeners()).toEqual([]);
    await expect(snikket.shell("server", "create-invite --admin")).rejects.toThrow();
    await snikket.certify("server");
    await healthy(snikket);
  });

  describe("with a certificate", () => {
    beforeAll(() => startServer(snikket));

    it("says STATUS OK with 200 at /host_status_check", async () => {
      const { status, body } = await prosody(snikket, "host_status_check");
      expect([status, body.trim()]).toEqual([200, "STATUS OK"]);
    });

    it("listens on every port that always has a listener, on 5223, and on no other", async () => {
      const own = ports.filter(({ from }) => from > 443);
      const always = own.filter(({ listens }) => listens === "always");
      const known = own.flatMap(({ protocol, from, to }) => [
        `${protocol}/${from}`,
        `${protocol}/${to}`,
      ]);
      const open = await eventually(async () => {
        const open = (await snikket.listeners()).filter((place) => /^\w+\/\d+$/.test(place));
        const wanted = always.map(({ protocol, from }) => `${protocol}/${from}`);
        expect(open).toEqual(expect.arrayContaining([...wanted, "tcp/5223"]));
        return open;
      });
      expect(open.filter((place) => !["tcp/5223", ...known].includes(place))).toEqual([]);
    });

    it("serves HTTP to the machine alone, where bash finds it open", async () => {
      const web = (await snikket.listeners()).filter((place) => place.endsWith("5280"));
      expect(web).toContain("tcp/127.0.0.1:5280");
      expect(web).not.toContain("tcp/5280");
      await snikket.shell("server", "exec bash -c '</dev/tcp/127.0.0.1/5280'");
    });

    it("keeps its data to itself, and the relay's secret from the first start on", async () => {
      const modes =
        "stat -c '%a %U' /snikket/prosody; stat -c %s /snikket/prosody/turn-auth-secret-v2";
      expect((await snikket.shell("server", modes)).split("\n")).toEqual(["750 prosody", "45"]);
    });

    it("gives the same first invitation for the same index by 303, and none for a wrong token", async () => {
      const first = await bootstrap(snikket);
      expect([first.status, first.location]).toEqual([303, expect.stringMatching(inviteLink)]);
      expect((await bootstrap(snikket)).location).toBe(first.location);
      expect((await bootstrap(snikket, "wrong")).status).toBe(403);
    });

    it("keeps the first invitation as an administrator's, who is in the circle default", async () => {
      const link = String((await bootstrap(snikket)).location);
      const kept = await snikket.shell("server", "cat /snikket/prosody/*/invite_token.dat");
      expect(kept).toContain(link.split("/").filter(Boolean).at(-1));
      expect(kept).toContain("prosody:admin");
      expect(kept.replace(/\s/g, "")).toMatch(/groups"\]={"default";?}/);
    });

    it("makes invitations with create-invite, and prints their link alone on a line", async () => {
      const output = await snikket.shell("server", "create-invite --admin --group default");
      const [, url = ""] = /^Your invite link: (\S+)$/m.exec(output) ?? [];
      expect(url).toMatch(inviteLink);
      const { status, body } = await invitation(snikket, url);
      expect([status, JSON.parse(body)]).toEqual([
        200,
        expect.objectContaining({ domain, type: "register" }),
      ]);
      const drawn = await snikket.shell("server", "create-invite --qr --expires-after 2h");
      expect(drawn).toMatch(/^Your invite link: \S+\n\nQR code for scanning:\n\n/m);
    });

    it("lists its people, one address to a line, and resets a password by a link", async () => {
      const ask = (what: string) => snikket.shell("server", `prosodyctl shell user ${what} 2>&1`);
      expect(await ask(`list ${domain}`)).not.toContain("@");
      await ask(`create anna@${domain} "a long password" prosody:registered`);
      expect((await ask(`list ${domain}`)).split("\n")).toContain(`anna@${domain}`);
      const reset = await snikket.shell("server", "create-invite --reset anna");
      expect(reset.replace("Your invite link: ", "")).toMatch(inviteLink);
    });

    it("answers 404 for an invitation that is unknown", async () => {
      expect((await invitation(snikket, `https://${domain}/invite/nothing/`)).status).toBe(404);
    });

    it("lets in to the relay who has credentials made with its secret, within its ports", async () => {
      const port = await relayPort(snikket.ip, await turnSecret(snikket));
      expect(port).toBeGreaterThanOrEqual(turnPorts.from);
      expect(port).toBeLessThanOrEqual(turnPorts.to);
      await expect(relayPort(snikket.ip, "wrong")).rejects.toThrow("401");
    });

    it("runs the relay as the user turnserver", async () => {
      const owners = "stat -c %U $(grep -ls '^turnserver$' /proc/[0-9]*/comm | xargs dirname)";
      expect(await snikket.shell("server", owners)).toBe("turnserver");
    });

    it("has the programs that health checks, scripts and their advice ask for, and none of those that upstream's lacks", async () => {
      expect(await programsIn(snikket, "server")).toEqual(programs.server);
    });

    it("keeps what people write in an archive for both, also for who was away", async () => {
      const [writer, reader] = [await newcomer(snikket, "wanda"), await newcomer(snikket, "rolf")];
      const [wanda, text] = [await writer(), "Dinner at seven?"];
      await wanda.say(`rolf@${domain}`, text);
      await wanda.leave();
      for (const enter of [writer, reader]) {
        const back = await enter();
        await findArchived(back, text).finally(() => back.leave());
      }
    });

    it("speaks TLS 1.3 alone with apps, and 1.2 as well where the profile is intermediate", async () => {
      expect(await speaks(snikket, "1.3")).toBe(true);
      expect(await speaks(snikket, "1.2")).toBe(false);
      await startServer(snikket, settings({ SNIKKET_TLS_PROFILE: "intermediate" }));
      expect(await speaks(snikket, "1.2")).toBe(true);
    });
  });
});
