import { parse } from "yaml";
import { hostKey, uncommented } from "../support/example-stack";
import { readExample } from "../support/examples";
import { bySdk, config, looks, type Program, runProgram, steps } from "../support/program";

let program: Program;

const host = {
  provider: "existing",
  address: "198.51.100.8",
  ipv6: "2001:db8::8",
  user: "anna",
  port: 2222,
  hostKey,
  rebootAt: "never",
};
beforeAll(async () => {
  program = await runProgram({
    host: JSON.stringify(host),
    nameservers: '["198.51.100.53"]',
    acme: JSON.stringify({
      server: "custom",
      directory: "https://ca.example.org/dir",
      rootCertificate: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    }),
  });
});

test.each(steps)("%s asks sudo, which must not ask back", (name) => {
  expect(program.inputs(name).create).toMatch(
    /^sudo -n bash -s # [0-9a-f]{16}; where no ERROR follows, the line was cut: run pulumi up again$/,
  );
  expect(program.inputs(name).connection).toEqual({
    ...{ host: "198.51.100.8", port: 2222, user: "anna" },
    ...{ hostKey, privateKey: config.sshPrivateKey, ...bySdk },
  });
});

test.each(looks)("%s knows both addresses and asks the configured name servers", (name) => {
  expect(program.request(name)).toMatchObject({
    ipv4: "198.51.100.8",
    ipv6: "2001:db8::8",
    nameservers: ["198.51.100.53"],
    acmeRoots: expect.stringContaining("MIIB"),
  });
  expect(program.request(name)).not.toHaveProperty("issuer");
});

test("hands the reboot time and the directory to their scripts", () => {
  expect(program.variables("host-prepare").REBOOT_AT).toBe("never");
  expect(program.variables("snikket-deploy")).toMatchObject({
    ACME_DIRECTORY: "https://ca.example.org/dir",
    ACME_STAGING: "0",
  });
});

test("looks at Docker again whenever what it is for has changed", async () => {
  const purpose = async (change = {}) =>
    (await runProgram(change)).variables("docker-install").DOCKER_PURPOSE;
  const before = await purpose();
  expect(before).toMatch(/^[0-9a-f]{64}$/);
  expect(await purpose({ retentionDays: "8" })).not.toBe(before);
  expect(await purpose()).toBe(before);
});

test("pins what belongs to Docker, but beside another version takes the newest", async () => {
  const companions = async (change = {}) =>
    (await runProgram(change)).variables("docker-install").DOCKER_COMPANIONS?.split(" ");
  const names = ["containerd.io", "docker-buildx-plugin", "docker-compose-plugin"];
  const pinned = names.map((name) => expect.stringMatching(`^${name}=\\d+\\.\\d+\\.\\d+$`));
  expect(await companions()).toEqual(pinned);
  const docker = JSON.stringify({ source: "docker", version: "29.1.3" });
  expect(await companions({ docker })).toEqual(names);
});

test("Docker's version and repository in the example's comments are the default", async () => {
  const written = parse(uncommented(readExample("existing.example.yaml"))).config["snikket:docker"];
  expect(Object.keys(written)).toEqual(["source", "version", "repository"]);
  const { engine } = await runProgram({ docker: JSON.stringify(written) });
  const usual = (await runProgram()).variables("docker-install");
  expect(engine.variables("docker-install")).toEqual(usual);
});
