import type { GoogleHostArgs } from "../../components/host/google/google-host";
import { relayRange, snikketPorts } from "../../components/snikket/ports";
import { answerAs, type Options } from "../support/cloud";
import { type Engine, mockEngine, type Output, openPart, unwrap } from "../support/mocks";

const args: GoogleHostArgs = {
  project: "family-chat-471203",
  zone: "us-east1-b",
  label: "chat-example-org",
  machineType: "e2-micro",
  bootDiskGb: 12,
  dataDiskGb: 18,
  networkTier: "STANDARD",
  ubuntu: "24.04",
  ipv6: false,
  sshFrom: ["198.51.100.7/32"],
  ports: snikketPorts({ turnPorts: relayRange(10), proxy65Port: 5000 }),
  dataFolder: "/var/lib/snikket",
  rebootAt: "04:00",
  protectMachine: true,
  allowPaid: false,
};
const label = "snikket-chat-example-org";
const place = { project: "family-chat-471203", region: "us-east1" };
const newest = "https://www.googleapis.com/compute/v1/projects/ubuntu-os-cloud/global/images";

let engine: Engine;
let options: Record<string, Options>;
let outputs: Record<string, Output>;

const cloud = {
  made: {
    "tls:index/privateKey:PrivateKey": ({ name }: { name: string }) => ({
      privateKeyOpenssh: `private half of ${name}\n`,
      publicKeyOpenssh: `ssh-ed25519 ${name}\n`,
    }),
    "gcp:compute/address:Address": ({ inputs }: { inputs: { ipVersion?: string } }) => ({
      address: inputs.ipVersion === "IPV6" ? "2001:db8:1::" : "198.51.100.9",
    }),
    "gcp:compute/disk:Disk": () => ({ selfLink: "disks/data" }),
    "gcp:compute/instance:Instance": () => ({ instanceId: "4711" }),
    "pulumi:index:Stash": ({ inputs }: { inputs: { input: string } }) => ({ output: inputs.input }),
  },
  asked: {
    "gcp:compute/getImage:getImage": ({ project, family }: Record<string, string>) => ({
      selfLink: `${newest}/${project}/${family}`,
    }),
  },
};

async function make(
  change: Partial<GoogleHostArgs> = {},
  others: Record<string, Partial<GoogleHostArgs>> = {},
): Promise<void> {
  engine = await mockEngine({ stdout: { "host-prepare": "0.5" } });
  options = answerAs(cloud);
  outputs = await engine.run(() => {
    const { GoogleHost } =
      require("../../components/host/google/google-host") as typeof import("../../components/host/google/google-host");
    for (const [name, change] of Object.entries(others))
      new GoogleHost(name, { ...args, ...change });
    const host = new GoogleHost("host", { ...args, ...change });
    const { machineId, ipv4, ipv6, connection, prepared, monthlyCost } = host;
    return { machineId, ipv4, ipv6, connection, prepared, monthlyCost };
  });
}

const resource = (name: string) => {
  const found = engine.resources.find((one) => one.name === name);
  if (!found) throw new Error(`${name} was not registered`);
  return found;
};
const inputs = (name: string) => unwrap(resource(name).inputs) as Record<string, never>;
const metadata = () => inputs("host-machine").metadata as unknown as Record<string, string>;
const ofType = (type: string) =>
  engine.resources
    .filter(({ tail }) => tail.includes(type))
    .sort((one, other) => one.name.localeCompare(other.name));

describe("as it comes", () => {
  beforeAll(() => make());

  test("consists of exactly these resources, each below the host", () => {
    const below = (tail: string) => `snikket:host:GoogleHost$${tail}`;
    expect(engine.resources.map(({ tail }) => tail).sort()).toEqual(
      [
        "snikket:host:GoogleHost::host",
        below("tls:index/privateKey:PrivateKey::host-deploy-key"),
        below("tls:index/privateKey:PrivateKey::host-host-key"),
        below("gcp:compute/network:Network::host-network"),
        below("gcp:compute/firewall:Firewall::host-firewall-tcp"),
        below("gcp:compute/firewall:Firewall::host-firewall-udp"),
        below("gcp:compute/firewall:Firewall::host-firewall-ssh"),
        below("gcp:compute/subnetwork:Subnetwork::host-subnetwork"),
        below("gcp:compute/address:Address::host-ipv4"),
        below("gcp:compute/disk:Disk::host-data"),
        below("pulumi:index:Stash::host-image-24.04"),
        below("gcp:compute/instance:Instance::host-machine"),
        below("command:remote:Command::host-prepare"),
      ].sort(),
    );
  });

  test("is a network of its own, for one region", () => {
    const { project } = place;
    expect(inputs("host-network")).toEqual({ name: label, project, autoCreateSubnetworks: false });
    expect(inputs("host-subnetwork")).toEqual({
      ...place,
      name: label,
      network: "host-network-id",
      ipCidrRange: "10.0.0.0/24",
    });
  });

  test("lets in exactly the port table, and SSH from where it is said", () => {
    const rule = (purpose: string, protocol: string, ports: string[], from: string) => ({
      name: `${label}-${purpose}`,
      project: place.project,
      network: "host-network-id",
      direction: "INGRESS",
      allows: [{ protocol, ports }],
      sourceRanges: [from],
    });
    const tcp = ["80", "443", "5222", "5269", "5000", "3478", "3479", "5349-5350"];
    expect(ofType("Firewall").map(({ inputs }) => inputs)).toEqual([
      rule("ssh", "tcp", ["22"], "198.51.100.7/32"),
      rule("tcp", "tcp", tcp, "0.0.0.0/0"),
      rule("udp", "udp", ["3478", "3479", "5349-5350", "49152-49195"], "0.0.0.0/0"),
    ]);
  });

  test("reserves its address in the machine's network tier", () => {
    expect(inputs("host-ipv4")).toEqual({
      ...place,
      name: `${label}-ipv4`,
      addressType: "EXTERNAL",
      networkTier: "STANDARD",
    });
  });

  test("has exactly this machine, which may do nothing in the project", () => {
    expect(openPart(resource("host-machine").inputs)).toEqual({
      name: label,
      project: place.project,
      zone: "us-east1-b",
      machineType: "e2-micro",
      bootDisk: {
        initializeParams: {
          image: `${newest}/ubuntu-os-cloud/ubuntu-2404-lts-amd64`,
          size: 12,
          type: "pd-standard",
        },
      },
      attachedDisks: [{ source: "disks/data", deviceName: "snikket-data" }],
      networkInterfaces: [
        {
          subnetwork: "host-subnetwork-id",
          accessConfigs: [{ natIp: "198.51.100.9", networkTier: "STANDARD" }],
        },
      ],
      metadata: {
        "enable-oslogin": "FALSE",
        "block-project-ssh-keys": "TRUE",
        "ssh-keys": expect.any(String),
        "user-data": "secret",
      },
      shieldedInstanceConfig: {
        enableSecureBoot: true,
        enableVtpm: true,
        enableIntegrityMonitoring: true,
      },
      allowStoppingForUpdate: true,
      desiredStatus: "RUNNING",
      deletionProtection: true,
    });
  });

  test("tells the machine who may log in, and which host key to keep", () => {
    expect(metadata()["ssh-keys"]).toBe("ubuntu:ssh-ed25519 host-deploy-key");
    const [head, config] = metadata()["user-data"]?.split("\n") ?? [];
    expect(head).toBe("#cloud-config");
    expect(JSON.parse(config ?? "")).toMatchObject({
      ssh_keys: {
        ed25519_private: "private half of host-host-key\n",
        ed25519_public: "ssh-ed25519 host-host-key",
      },
      bootcmd: [expect.arrayContaining([expect.stringContaining("set_host_keys = false")])],
    });
  });

  test("shows the halves of keys that are private nowhere", () => {
    const open = [engine.resources.map(({ inputs }) => openPart(inputs)), engine.logs];
    expect(JSON.stringify(open)).not.toContain("private half");
    expect(resource("host-machine").additionalSecretOutputs).toContain("metadata");
  });

  test("keeps address, data and machine from being lost, and nothing else", () => {
    const kept = engine.resources.filter(({ protect }) => protect).map(({ name }) => name);
    expect(kept.sort()).toEqual(["host-data", "host-ipv4", "host-machine"]);
    expect(inputs("host-data")).toEqual({
      name: `${label}-data`,
      project: place.project,
      zone: "us-east1-b",
      type: "pd-standard",
      size: 18,
    });
  });

  test("makes nothing beside what it replaces, for names are unique in a project", () => {
    const beside = ofType("gcp:").filter(({ name }) => !options[name]?.deleteBeforeReplace);
    expect(beside).toEqual([]);
  });

  test("takes no newer image for the machine that is there", () => {
    expect(options["host-image-24.04"]?.ignoreChanges).toEqual(["input"]);
    expect(resource("host-machine").after).toContain("host-image-24.04");
  });

  test("is known by the machine's own number, and reached at its address with its key", () => {
    expect(outputs).toEqual({
      machineId: { value: "4711", secret: false },
      ipv4: { value: "198.51.100.9", secret: false },
      ipv6: { value: undefined, secret: false },
      connection: {
        value: {
          host: "198.51.100.9",
          port: 22,
          user: "ubuntu",
          privateKey: "private half of host-deploy-key\n",
          hostKey: "ssh-ed25519 host-host-key",
        },
        secret: true,
      },
      prepared: { value: "0.5", secret: false },
      monthlyCost: { value: expect.stringMatching(/^0\.00 USD/), secret: false },
    });
  });

  test("prepares the machine anew when it is another one", () => {
    expect(inputs("host-prepare").triggers).toEqual(["4711"]);
    expect(resource("host-prepare").hooks.beforeCreate).toEqual(["host-reach"]);
    const sent = String(inputs("host-prepare").stdin);
    for (const line of [
      "DATA_DEVICE='/dev/disk/by-id/google-snikket-data'",
      "DATA_FOLDER='/var/lib/snikket'",
      "DATA_STATE='18'",
      "REBOOT_AT='04:00'",
    ])
      expect(sent).toContain(`export ${line}\n`);
  });
});

test("has nothing in common with another family's in the same project", async () => {
  const longest = "xn--ab-1".padEnd(39, "x");
  await make({}, { other: { label: "chat-example-net" }, longest: { label: longest } });
  const names = ofType("gcp:").map(({ name, inputs }) => [name.split("-")[0], String(inputs.name)]);
  const of = (host: string) =>
    names.flatMap(([owner, name = ""]) => (owner === host ? [name] : []));
  expect(of("host")).toHaveLength(8);
  expect(of("other").filter((name) => of("host").includes(name))).toEqual([]);
  for (const name of of("longest")) expect(name).toMatch(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
});

test("gives up the machine alone where it is not protected", async () => {
  await make({ protectMachine: false });
  const kept = engine.resources.filter(({ protect }) => protect).map(({ name }) => name);
  expect(kept.sort()).toEqual(["host-data", "host-ipv4"]);
  expect(inputs("host-machine").deletionProtection).toBe(false);
});

test("has a second, reserved address where IPv6 is wanted", async () => {
  const sshFrom = ["198.51.100.7/32", "2001:db8::/64"];
  await make({ ipv6: true, networkTier: "PREMIUM", sshFrom });
  expect(inputs("host-subnetwork")).toMatchObject({
    stackType: "IPV4_IPV6",
    ipv6AccessType: "EXTERNAL",
  });
  expect(resource("host-ipv6").protect).toBe(true);
  expect(inputs("host-ipv6")).toEqual({
    ...place,
    name: `${label}-ipv6`,
    addressType: "EXTERNAL",
    networkTier: "PREMIUM",
    ipVersion: "IPV6",
    ipv6EndpointType: "VM",
    subnetwork: "host-subnetwork-id",
  });
  expect(inputs("host-machine").networkInterfaces).toEqual([
    {
      subnetwork: "host-subnetwork-id",
      stackType: "IPV4_IPV6",
      accessConfigs: [{ natIp: "198.51.100.9", networkTier: "PREMIUM" }],
      ipv6AccessConfigs: [
        { externalIpv6: "2001:db8:1::", externalIpv6PrefixLength: "96", networkTier: "PREMIUM" },
      ],
    },
  ]);
  expect(outputs.ipv6?.value).toBe("2001:db8:1::");
  expect(ofType("Firewall").map(({ name, inputs }) => [name, inputs.sourceRanges])).toEqual([
    ["host-firewall-ssh", ["198.51.100.7/32"]],
    ["host-firewall-ssh-ipv6", ["2001:db8::/64"]],
    ["host-firewall-tcp", ["0.0.0.0/0"]],
    ["host-firewall-tcp-ipv6", ["::/0"]],
    ["host-firewall-udp", ["0.0.0.0/0"]],
    ["host-firewall-udp-ipv6", ["::/0"]],
  ]);
});

test("pins another image for another release of Ubuntu", async () => {
  await make({ ubuntu: "22.04" });
  const image = `${newest}/ubuntu-os-cloud/ubuntu-2204-lts`;
  expect(inputs("host-image-22.04")).toEqual({ input: image });
  expect(inputs("host-machine").bootDisk).toMatchObject({ initializeParams: { image } });
});
