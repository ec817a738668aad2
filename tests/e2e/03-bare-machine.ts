import { removeContainer } from "../../sandbox/docker";
import { newKey } from "../../sandbox/keys";
import { createMachine } from "../../sandbox/machine";
import { dockerRepository, wronglySignedRepository } from "../../sandbox/services";
import { address, containerName } from "../../sandbox/settings";
import { type Ended, expectDone, onMachine } from "../support/e2e";
import { digest, runOn, type Steps, steps } from "../support/e2e-steps";

/** A second machine, as its provider delivers it. */
const bare = containerName("bare");
const ip = address("machine").replace(/\d+$/, "40");

const packages = [
  ...["docker-ce", "docker-ce-cli"],
  ...["containerd.io", "docker-buildx-plugin", "docker-compose-plugin"],
];

let sent: Steps;

/** Runs a step on the bare machine as it was sent to the other one, with some variables changed. */
function run(step: string, changes: Record<string, string> = {}): Promise<Ended> {
  const { stdin = "" } = sent[step] ?? {};
  const lines = stdin.split("\n").map((line) => {
    const [, name = ""] = /^export ([A-Z_]+)='/.exec(line) ?? [];
    return name in changes ? `export ${name}='${changes[name]}'` : line;
  });
  return runOn(bare, lines.join("\n"));
}

const install = (changes?: Record<string, string>) => run("docker-install", changes);

const dockerPackages = () =>
  onMachine("dpkg -l | awk '/docker|containerd/ {print $2}'", { name: bare });

/** Docker's repository: refused, and then installed from; and the distribution's. */
export function describeBareMachine(): void {
  beforeAll(async () => {
    sent = await steps();
    await createMachine({ name: bare, ip, key: newKey("bare"), hostKey: newKey("bare") });
  });
  afterAll(() => removeContainer(bare));

  describe("Docker's repository", () => {
    it("is not trusted with another key than the configured one", async () => {
      const wanted = "0123456789ABCDEF0123456789ABCDEF01234567";
      const { code, output } = await install({ DOCKER_KEY_FINGERPRINT: wanted });
      expect(code).not.toBe(0);
      expect(output).toMatch(
        new RegExp(
          `ERROR: The signing key at ${dockerRepository}/debian/gpg is [0-9A-F]{40}, not ${wanted}`,
        ),
      );
      expect(output).toContain("Nothing was installed: somebody may stand in between.");
      expect(await dockerPackages()).toBe("");
    });

    it("is refused with a wrong signature, and nothing is installed from it", async () => {
      const { code, output } = await install({ DOCKER_REPOSITORY: wronglySignedRepository });
      expect(code).not.toBe(0);
      expect(output).toMatch(/^(W|E): .*wrong-signature/m);
      expect(output).toContain(
        `ERROR: The repository ${wronglySignedRepository}/debian is not signed by Docker's key`,
      );
      expect(await dockerPackages()).toBe("");
    });

    it("is asked which versions it has, where the wanted one is not there", async () => {
      const { code, output } = await install({ DOCKER_VERSION: "99.0.0" });
      expect(code).not.toBe(0);
      expect(output).toContain(`${dockerRepository}/debian has no docker-ce 99.0.0 for trixie.`);
      expect(output).toMatch(/It has: 5:28\.5\.2-1~debian/);
      expect(output).toContain("Set snikket:docker.version to one of these.");
      expect(await dockerPackages()).toBe("");
    });

    it("is asked the same where all of what belongs to it are newer", async () => {
      const { code, output } = await install({ DOCKER_COMPANIONS: "containerd.io=1.0.0" });
      expect(code).not.toBe(0);
      expect(output).toContain(`${dockerRepository}/debian has no containerd.io up to 1.0.0`);
      expect(output).toMatch(/It has: 1\.7\.29-1~debian/);
      expect(await dockerPackages()).toBe("");
    });

    it("gives exactly the wanted versions", async () => {
      const ended = await install();
      expectDone(ended);
      const versions = `dpkg-query --show --showformat '\${Package} \${Version}\n' ${packages.join(" ")} | sort`;
      expect((await onMachine(versions, { name: bare })).split("\n")).toEqual([
        expect.stringMatching(/^containerd\.io 1\.7\.29-/),
        expect.stringMatching(/^docker-buildx-plugin 0\.29\.1-/),
        expect.stringMatching(/^docker-ce 5:28\.5\.2-/),
        expect.stringMatching(/^docker-ce-cli 5:28\.5\.2-/),
        expect.stringMatching(/^docker-compose-plugin 2\.40\.3-/),
      ]);
      await onMachine("docker run --help >/dev/null && docker compose version", { name: bare });
    });

    it("is not asked again while its Docker serves in the version of the settings", async () => {
      const before = await digest(bare);
      const ended = await install({ DOCKER_REPOSITORY: "http://nowhere.test" });
      expectDone(ended);
      expect(ended.output).toMatch(/^Docker \S+ with Compose \S+ is there$/m);
      expect(await digest(bare)).toEqual(before);
    });

    it("is asked for a newer one of the settings, without which the old one serves on", async () => {
      const { code, output } = await install({ DOCKER_VERSION: "99.0.0" });
      expect(code).not.toBe(0);
      expect(output).toContain(`${dockerRepository}/debian has no docker-ce 99.0.0 for trixie.`);
      expectDone(await install());
    });
  });

  describe("the distribution's Docker", () => {
    it("is installed where that is asked for, and serves", async () => {
      await onMachine(`apt-get purge -qy ${packages.join(" ")} >/dev/null`, { name: bare });
      expectDone(await install({ DOCKER_SOURCE: "distribution" }));
      expect((await dockerPackages()).split("\n")).toEqual(
        expect.arrayContaining(["docker.io", "docker-cli", "docker-compose"]),
      );
      await onMachine("docker ps && docker compose version", { name: bare });
    });
  });
}
