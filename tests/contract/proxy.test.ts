import { contract } from "../support/contract";
import {
  bootstrapSecret,
  domain,
  healthy,
  names,
  programs,
  programsIn,
  type Snikket,
  settings,
  snikketsImages,
  startSnikket,
} from "../support/contract-snikket";
import { eventually } from "../support/eventually";

contract("the proxy image", snikketsImages, (images) => {
  let snikket: Snikket;
  const challenges = "/var/www/html/.well-known/acme-challenge";
  const reachable = "/.well-known/acme-challenge/snikket-reachable";
  const open = async () =>
    (await snikket.listeners()).filter((place) => /^tcp\/(80|443)$/.test(place));

  /** As the deployment does before it asks for a certificate. */
  const putChallenge = (content: string) =>
    snikket.shell("proxy", `umask 022; printf %s ${content} >${challenges}/snikket-reachable`);

  beforeAll(async () => {
    snikket = await startSnikket(await images()());
    await snikket.run("proxy");
    await eventually(async () => expect((await snikket.get(`http://${domain}/`)).status).toBe(200));
  });
  afterAll(() => snikket.remove());

  it("begins with a start page on port 80 alone, where bash finds it open", async () => {
    expect((await snikket.get(`http://${domain}/`)).body).toContain("Snikket is starting");
    expect(await open()).toEqual(["tcp/80"]);
    await snikket.shell("proxy", "exec bash -c '</dev/tcp/127.0.0.1/80'");
  });

  it("has the programs that health checks and scripts ask for, and none of those that upstream's lacks", async () => {
    expect(await programsIn(snikket, "proxy")).toEqual(programs.proxy);
  });

  it("serves challenges under all three names", async () => {
    await putChallenge("first");
    for (const name of names)
      expect(await snikket.get(`http://${name}${reachable}`)).toMatchObject({
        status: 200,
        body: "first",
      });
  });

  describe("with a certificate", () => {
    beforeAll(async () => {
      await snikket.run("portal");
      await snikket.run("server");
      await snikket.certify("proxy");
      await eventually(async () => expect(await open()).toEqual(["tcp/443", "tcp/80"]));
      await healthy(snikket);
    });

    it("takes it up by itself, and shows it under all three names", async () => {
      const { cert } = await snikket.certify("proxy");
      for (const name of names) {
        const client = `openssl s_client -connect ${name}:443 -servername ${name} </dev/null 2>/dev/null`;
        const shown = await snikket.shell("network", `${client} | openssl x509`);
        expect(shown).toBe(cert.trim());
      }
    });

    it("leads from HTTP to HTTPS under all three names, and still serves challenges", async () => {
      for (const name of names) {
        const { status, location } = await snikket.get(`http://${name}/a?b`);
        expect([status, location]).toEqual([301, `https://${name}:443/a?b`]);
      }
      await putChallenge("second");
      expect((await snikket.get(`http://${domain}${reachable}`)).body).toBe("second");
    });

    it("hands health checks, invitations and the rest to the portal and to Prosody", async () => {
      const ask = (path: string) => snikket.get(`https://${domain}${path}`);
      await eventually(async () => expect((await ask("/_health/portal")).body).toBe("STATUS OK"));
      await eventually(async () =>
        expect((await ask("/_health/xmpp")).body.trim()).toBe("STATUS OK"),
      );
      const { status, location } = await ask(`/invites_bootstrap?token=${bootstrapSecret}`);
      expect([status, (await snikket.get(location)).status]).toEqual([303, 200]);
      expect((await ask("/.well-known/host-meta")).body).toContain("xmpp");
      expect((await ask("/invite/nothing/")).status).toBe(404);
    });

    it("keeps what is for the machine alone from the world", async () => {
      for (const path of ["host_status_check", "register_api/invite/x", "metrics"])
        expect((await snikket.get(`https://${domain}/${path}`)).status).toBe(404);
    });

    it("takes files under share. alone, and leads from the other names to the first", async () => {
      for (const name of names.slice(1)) {
        const { status, location } = await snikket.get(`https://${name}/`);
        expect([status, location]).toEqual([301, `https://${domain}/`]);
      }
      const [, , share] = names;
      expect((await snikket.get(`https://${share}/upload/x/y`)).status).toBe(404);
      expect((await snikket.get("https://127.0.0.1/")).status).toBe(404);
    });

    it("tells browsers to stay with HTTPS", async () => {
      const { body } = await snikket.get(`https://${domain}/_health/portal`, "-i");
      expect(body).toMatch(/^strict-transport-security: max-age=63072000\r?$/im);
    });

    it("answers 502 while the portal is away, and comes back when it does", async () => {
      const health = () => snikket.get(`https://${domain}/_health/portal`);
      await snikket.docker("stop", "portal", "--time=1");
      expect((await health()).status).toBe(502);
      await snikket.docker("start", "portal");
      await eventually(async () => expect((await health()).body).toBe("STATUS OK"));
    });

    it("begins with the certificate at once when it is made anew", async () => {
      await snikket.run("proxy");
      await eventually(async () => expect(await open()).toEqual(["tcp/443", "tcp/80"]));
      expect((await snikket.get(`http://${domain}/`)).status).toBe(301);
    });

    it("listens on other ports when it is made anew with them, and leads to these", async () => {
      const ports = { SNIKKET_TWEAK_HTTP_PORT: "5080", SNIKKET_TWEAK_HTTPS_PORT: "5443" };
      await snikket.run("proxy", settings(ports));
      await eventually(async () =>
        expect(await snikket.listeners()).toEqual(expect.arrayContaining(["tcp/5080", "tcp/5443"])),
      );
      expect(await open()).toEqual([]);
      const { status, location } = await snikket.get(`http://${domain}:5080/a?b`);
      expect([status, location]).toEqual([301, `https://${domain}:5443/a?b`]);
    });

    it("serves nothing with a TLS version that does not exist, and logs which", async () => {
      await snikket.run("proxy", settings({ SNIKKET_TWEAK_HTTP_TLS_VERSIONS: "TLSv9" }));
      await eventually(async () =>
        expect(await snikket.logs("proxy")).toMatch(/\[emerg\].*"TLSv9"/),
      );
      expect(await open()).toEqual([]);
    });
  });
});
