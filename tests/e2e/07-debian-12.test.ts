import { run } from "../../sandbox/console";
import { ensureImage } from "../../sandbox/images";
import { bringUp, containers, expectDone, machine, onMachine, services } from "../support/e2e";
import { summary, up } from "../support/e2e-stack";
import { rebuilt } from "../support/rebuilt";

const installed = "dpkg-query --show --showformat '${Version}' docker.io";

/** Compose as Debian 13 has it: Debian 12 has only the first version, and the sandbox's repository is Debian 13's. */
async function addCompose(): Promise<void> {
  const plugin = "/usr/libexec/docker/cli-plugins/docker-compose";
  const unpack = "dpkg-deb --fsys-tarfile /var/cache/apt/archives/docker-compose_*.deb";
  const image = await ensureImage("machine");
  const script = `docker run --rm ${image} sh -c "${unpack}"`;
  const into = `docker exec -i ${machine} tar -x -C / .${plugin}`;
  await run("bash", ["-euo", "pipefail", "-c", `${script} | ${into}`]);
}

beforeAll(async () => {
  await bringUp({ settings: "any" });
  await rebuilt("bookworm");
  await onMachine("apt-get update -q && apt-get install -qy --no-install-recommends docker.io");
  await addCompose();
});

describe("a machine with Debian 12, and a Docker of its own", () => {
  it("gets a server that answers from outside, and keeps its Docker", async () => {
    const before = await onMachine(installed);
    expect(before).toMatch(/^20\.10\./);
    const first = await up();
    expectDone(first);
    expect(await onMachine(installed)).toBe(before);
    expect(await onMachine(". /etc/os-release; echo $VERSION_CODENAME")).toBe("bookworm");
    expect(Object.keys(await containers()).sort()).toEqual(services);
  });

  it("has nothing to do the second time", async () => {
    const second = await up();
    expectDone(second);
    expect(Object.keys(summary(second))).toEqual(["unchanged"]);
  });
});
