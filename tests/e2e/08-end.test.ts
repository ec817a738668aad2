import { existsSync, mkdirSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { holdDocker } from "../../sandbox/daemon";
import { docker } from "../../sandbox/docker";
import { checkout, containerName, home, inHome, sandboxName, subnet } from "../../sandbox/settings";
import { stack } from "../../sandbox/stack";
import { bringUp, command, expectDone, inDocker, machine, sandbox } from "../support/e2e";

/** The sandbox's own command without npm, which a PATH with nothing on it could not find. */
const plain = (args: string[], env: Record<string, string>) =>
  command(process.execPath, ["--import", "tsx", "sandbox/index.ts", ...args], {
    env: { ...process.env, ...env },
  });

const stackFiles = (): string[] => readdirSync(path.join(checkout, "stacks"));

describe("what a sandbox needs of this computer", () => {
  beforeAll(() => bringUp({ settings: "any" }));

  it("is refused where its subnet is in use, and nothing is made", async () => {
    const other = `${sandboxName}-other`;
    const before = stackFiles();
    const { code, output } = await sandbox([], {
      env: { ...process.env, SNIKKET_SANDBOX_NAME: other, SNIKKET_SANDBOX_SUBNET: subnet },
    });
    expect(code).toBe(1);
    expect(output).toContain(
      `The sandbox's subnet ${subnet} is in use here, by Docker's network ${sandboxName}. Choose another /24: SNIKKET_SANDBOX_SUBNET=`,
    );
    expect(await inDocker(other)).toEqual([]);
    expect(stackFiles()).toEqual(before);
  });

  it("is not what a stopped sandbox of another checkout holds, but what a running one does", async () => {
    const name = `${sandboxName}-left`;
    const env = { SNIKKET_SANDBOX_NAME: name, SNIKKET_SANDBOX_SUBNET: subnet };
    const named = ["--label", `snikket-sandbox.name=${name}`];
    const elsewhere = inHome("e2e");
    const owned = [...named, "--label", `snikket-sandbox.checkout=${elsewhere}`];
    await docker(["network", "create", "--subnet", "198.51.101.0/24", ...owned, name]);
    const { stdout: image } = await docker(["inspect", "-f", "{{.Image}}", machine]);
    const entry = ["--entrypoint", "sleep", image.trim(), "600"];
    await docker(["run", "--detach", "--name", `${name}-machine`, ...named, ...entry]);
    const refused = [await plain([], env), await plain(["down"], env)];
    const still = await inDocker(name);
    await docker(["kill", `${name}-machine`]);
    // It would go on, but for its subnet.
    const cleared = await plain([], env);
    expect(await inDocker(name)).toEqual([]);
    expect(still).toHaveLength(2);
    for (const { output } of refused)
      expect(output).toContain(`A sandbox of ${elsewhere} is on this machine.`);
    expect(cleared.output).toContain(`Removing a sandbox that ${elsewhere} left here.`);
    expect(cleared.output).toContain(`The sandbox's subnet ${subnet} is in use here`);
  });

  it("is listed with the command to run where Docker is missing", async () => {
    const empty = inHome("e2e", "nothing");
    mkdirSync(empty, { recursive: true });
    // With a name of its own, for there is nothing yet.
    const SNIKKET_SANDBOX_NAME = `${sandboxName}-without`;
    const { code, output } = await plain(["--no-install"], { PATH: empty, SNIKKET_SANDBOX_NAME });
    expect(code).toBe(3);
    const [plan = ""] = output.split("Docker is missing");
    expect(plan).toContain("[host-machine, Instance]");
    expect(output).toMatch(/Docker is missing\. Packages: docker\.io/);
    expect(output).toMatch(
      /Run this, then the same again:\n +(sudo )?apt-get update && (sudo )?apt-get install -y \S.* docker\.io/,
    );
  });
});

describe("npm run sandbox -- down", () => {
  // It answers after the last sandbox, too.
  beforeAll(() => holdDocker());

  it("leaves nothing behind but caches", async () => {
    expect((await inDocker(sandboxName)).length).toBeGreaterThan(5);
    const mounts = [
      "inspect",
      "-f",
      "{{range .Mounts}}{{.Name}} {{end}}",
      containerName("machine"),
    ];
    const volumes = (await docker(mounts)).stdout.trim().split(/\s+/);
    expect(volumes).not.toEqual([]);
    expectDone(await sandbox(["down"]));
    expect(await inDocker(sandboxName)).toEqual([]);
    const { stdout } = await docker(["volume", "ls", "--quiet"]);
    expect(stdout.split("\n").filter((volume) => volumes.includes(volume))).toEqual([]);
    expect(existsSync(home)).toBe(false);
    expect(stackFiles()).not.toContain(`Pulumi.${stack}.yaml`);
  });

  it("is no mistake where there is none", async () => {
    expectDone(await sandbox(["down"]));
    expect((await sandbox(["status"])).output).toContain('Start one with "npm run sandbox"');
  });
});
