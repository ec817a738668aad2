import { createHmac } from "node:crypto";
import { contract } from "../support/contract";
import { join } from "../support/contract-probes";
import {
  bootstrap,
  domain,
  programs,
  programsIn,
  type Snikket,
  settings,
  snikketsImages,
  startServer,
  startSnikket,
} from "../support/contract-snikket";
import { eventually } from "../support/eventually";

contract("the portal image", snikketsImages, (images) => {
  let snikket: Snikket;
  const portal = (path: string, ...args: string[]) =>
    snikket.get(`http://127.0.0.1:5765/${path}`, "-H", `Host: ${domain}`, ...args);

  beforeAll(async () => {
    snikket = await startSnikket(await images()());
    await snikket.run("portal");
    await startServer(snikket);
    await eventually(async () => expect((await portal("_health")).status).toBe(200));
  });
  afterAll(() => snikket.remove());

  it("says STATUS OK at /_health, as plain text", async () => {
    const { body } = await portal("_health", "-i");
    expect(body).toMatch(/^content-type: text\/plain/im);
    expect(body.split(/\r?\n\r?\n/).at(-1)).toBe("STATUS OK");
  });

  it("serves the machine alone, where nc finds it open", async () => {
    const listeners = await snikket.listeners();
    expect(listeners.filter((place) => place.endsWith("5765"))).toEqual(["tcp/127.0.0.1:5765"]);
    await snikket.shell("portal", "nc -z 127.0.0.1 5765");
  });

  const page = (link: string) => portal(link.replace(`https://${domain}/`, ""), "-i");

  it("shows a living invitation with its XMPP link, under the name of the family's server", async () => {
    const { location } = await bootstrap(snikket);
    const { status, body } = await page(location);
    expect(status).toBe(200);
    expect(body).toMatch(/^link: <xmpp:\S+>; rel="alternate"\r?$/im);
    expect(body).toMatch(/The Family(&#39;|&#x27;|')s/);
  });

  it("leads to the same page without the last slash", async () => {
    const { status, location } = await portal("invite/nothing");
    expect([status, location]).toEqual([302, expect.stringMatching(/\/invite\/nothing\/$/)]);
  });

  it("answers 404 for an invitation that is used, expired or unknown", async () => {
    const invite = async (...options: string[]) => {
      const words = ["create-invite", ...options].join(" ");
      return /https:\S+/.exec(await snikket.shell("server", words))?.[0] ?? "";
    };
    const links = [await invite("--expires-after 10s"), await invite()] as const;
    for (const link of links) expect((await page(link)).status).toBe(200);
    await join(snikket, "anna", links[1]);
    expect((await page(links[1])).status).toBe(404);
    expect((await portal("invite/nothing/")).status).toBe(404);
    await eventually(async () => expect((await page(links[0])).status).toBe(404));
  });

  it("has the programs that health checks and scripts ask for, and none of those that upstream's lacks", async () => {
    expect(await programsIn(snikket, "portal")).toEqual(programs.portal);
  });

  it("has the Python that the deployment makes credentials of the relay with", async () => {
    const sign =
      "import base64, hashlib, hmac, sys; print(base64.b64encode(hmac.new(b'k', b'm', hashlib.sha1).digest()).decode())";
    const signed = createHmac("sha1", "k").update("m").digest("base64");
    expect(await snikket.shell("portal", `python3 -c "${sign}"`)).toBe(signed);
  });

  it("goes by another name when it is made anew with one", async () => {
    await snikket.run("portal", settings({ SNIKKET_SITE_NAME: "The Cousins" }));
    const { location } = await bootstrap(snikket);
    await eventually(async () => {
      const { body } = await page(location);
      expect(body).toContain("The Cousins");
    });
  });

  it("stays healthy, and fails an invitation's page, while the server is away", async () => {
    await snikket.docker("stop", "server", "--time=1");
    expect((await portal("_health")).body).toBe("STATUS OK");
    expect((await portal("invite/nothing/")).status).toBeGreaterThanOrEqual(500);
  });

  it("ends where its port is no number", async () => {
    await snikket.run("portal", settings({ SNIKKET_TWEAK_PORTAL_INTERNAL_HTTP_PORT: "http" }));
    const state = "--format={{.State.Running}} {{.State.ExitCode}}";
    await eventually(async () =>
      expect(await snikket.docker("inspect", "portal", state)).toMatch(/^false [1-9]/),
    );
  });
});
