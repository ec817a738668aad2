import * as path from "node:path";
import { ensureImage } from "../../sandbox/images";
import { contract } from "../support/contract";
import {
  domain,
  names,
  programs,
  programsIn,
  type Snikket,
  settings,
  snikketsImages,
  startSnikket,
} from "../support/contract-snikket";
import { eventually } from "../support/eventually";

const lineage = "/snikket/letsencrypt";
const live = `${lineage}/live/${domain}`;
const directory = "https://acme.family.example:14000/dir";

contract("the certificates image", snikketsImages, (images) => {
  let snikket: Snikket;
  const asking = (directory: string) =>
    settings({}, { server: "custom", directory, rootCertificate: "" });
  const conf = asking(directory);
  const shell = (script: string) => snikket.shell("certs", script);
  const ask = (program = "/etc/cron.daily/certbot") =>
    shell(`if timeout 120 ${program} 2>&1; then echo "ended 0"; else echo "ended $?"; fi`);

  beforeAll(async () => {
    snikket = await startSnikket(await images()());
    await snikket.shell("network", "echo 127.0.0.1 acme.family.example >>/etc/hosts");
    const command = ["pebble", "-config", "/etc/snikket-sandbox/pebble.json"];
    const env = { PEBBLE_VA_NOSLEEP: "1", PEBBLE_WFE_NONCEREJECT: "0" };
    const volumes = { ca: "/ca" };
    await snikket.start("acme", await ensureImage("services"), { command, env, volumes });
    const root = `/ca/${path.basename(conf.REQUESTS_CA_BUNDLE ?? "")}`;
    await snikket.shell("acme", `cp /etc/snikket-sandbox/acme-directory.pem ${root}`);
    await eventually(async () => expect((await snikket.get(directory)).status).toBe(200));
  });
  afterAll(() => snikket.remove());

  it("notes a failure where the deployment looks for it, with the authority's reason", async () => {
    await snikket.run("certs", conf);
    await eventually(() => shell(`test -e ${lineage}/has-errors`));
    // Nothing serves the challenge yet.
    expect(await ask()).toMatch(/ended 0$/);
    expect(await shell("cat /var/log/letsencrypt/errors.log")).toMatch(/refused|Fetching|connect/i);
    await shell(`test ! -e ${live}/fullchain.pem`);
  });

  it("dies without an administrator's address", async () => {
    const program = "env -u SNIKKET_ADMIN_EMAIL /etc/cron.daily/certbot";
    expect(await ask(program)).toMatch(/SNIKKET_ADMIN_EMAIL[\s\S]*ended [1-9]\d*$/);
  });

  it("has the programs that health checks and scripts ask for, and none of those that upstream's lacks", async () => {
    expect(await programsIn(snikket, "certs")).toEqual(programs.certs);
  });

  it("does not ask again by itself on the same day, also after a restart", async () => {
    await snikket.docker("restart", "certs", "--time=1");
    await eventually(async () => expect(await snikket.logs("certs")).toMatch(/0 jobs run/));
  });

  describe("with the proxy", () => {
    beforeAll(async () => {
      await snikket.run("proxy");
      await eventually(async () =>
        expect((await snikket.get(`http://${domain}/`)).status).toBe(200),
      );
    });

    it("gets one certificate for the three names when it is told to try again", async () => {
      expect(await ask()).toMatch(/ended 0$/);
      const show = "openssl x509 -noout -ext subjectAltName -in /dev/stdin";
      const chain = await shell(`cat ${live}/fullchain.pem`);
      const shown = await snikket.shell("network", show, chain);
      for (const name of names) expect(shown).toContain(`DNS:${name}`);
      await shell(`test ! -e ${lineage}/has-errors`);
    });

    it("keeps key, chain and authority where the deployment and the others look for them", async () => {
      const files = ["fullchain", "privkey", "chain"].map((name) => `${live}/${name}.pem`);
      await shell(`test -s ${files.join(" -a -s ")}`);
      expect((await shell(`cat ${lineage}/renewal/${domain}.conf`)).split("\n")).toContain(
        `server = ${directory}`,
      );
    });

    it("keeps all of it, and the key most of all, to a user of its own", async () => {
      const modes = await shell(`stat -L -c '%a %U' ${lineage} ${live}/privkey.pem`);
      expect(modes).toMatch(/^7[05]0 letsencrypt\n600 letsencrypt$/);
    });

    it("keeps a certificate that is still good when it is asked again", async () => {
      const sum = () => shell(`sha256sum ${live}/fullchain.pem`);
      const before = await sum();
      expect(await ask()).toMatch(/ended 0$/);
      expect(await sum()).toBe(before);
    });

    it("asks by itself when it is made anew, whom its settings name then, and gets one where there is none", async () => {
      await shell(`rm -r ${lineage}/live ${lineage}/archive ${lineage}/renewal`);
      // The same authority, by another address.
      const other = `${directory}?other`;
      await snikket.run("certs", asking(other));
      await eventually(() => shell(`test -s ${live}/fullchain.pem`), 120);
      expect((await shell(`cat ${lineage}/renewal/${domain}.conf`)).split("\n")).toContain(
        `server = ${other}`,
      );
    });
  });
});
