import { cloudConfig } from "../../components/host/cloud-init";
import { images, madeBefore, makeGoogle } from "../support/google-host";
import { type MadeHosts, outputsWith } from "../support/hosts";
import { openPart } from "../support/wrapped";

const label = "snikket-chat-example-org";
const place = { project: "family-chat-471203", region: "us-east1" };

let made: MadeHosts;

describe("as it comes", () => {
  beforeAll(async () => {
    made = await makeGoogle();
  });

  test("consists of exactly these resources, each below the host", () => {
    const below = (tail: string) => `snikket:host:GoogleHost$${tail}`;
    expect(made.engine.resources.map(({ tail }) => tail).sort()).toEqual(
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

  test("makes nothing there before Google has said that it has the zone", () => {
    expect(made.ofType("gcp:").length).toBeGreaterThan(0);
    expect(madeBefore).toEqual([]);
  });

  test("is a network of its own, for one region", () => {
    const { project } = place;
    expect(made.inputs("host-network")).toEqual({
      name: label,
      project,
      autoCreateSubnetworks: false,
    });
    expect(made.inputs("host-subnetwork")).toEqual({
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
    expect(made.ofType("Firewall").map(({ inputs }) => inputs)).toEqual([
      rule("ssh", "tcp", ["22"], "198.51.100.7/32"),
      rule("tcp", "tcp", tcp, "0.0.0.0/0"),
      rule("udp", "udp", ["3478", "3479", "5349-5350", "49152-49195"], "0.0.0.0/0"),
    ]);
  });

  test("reserves its address in the machine's network tier", () => {
    expect(made.inputs("host-ipv4")).toEqual({
      ...place,
      name: `${label}-ipv4`,
      addressType: "EXTERNAL",
      networkTier: "STANDARD",
    });
  });

  test("has exactly this machine, which may do nothing in the project", () => {
    expect(openPart(made.resource("host-machine").inputs)).toEqual({
      name: label,
      project: place.project,
      zone: "us-east1-b",
      machineType: "e2-micro",
      bootDisk: {
        initializeParams: {
          image: `${images}/ubuntu-os-cloud/ubuntu-2404-lts-amd64`,
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
        "ssh-keys": "ubuntu:ssh-ed25519 host-deploy-key",
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

  test("tells the machine which host key to have, and to keep", () => {
    const { metadata } = made.inputs("host-machine") as Record<string, Record<string, string>>;
    expect(metadata?.["user-data"]).toBe(
      cloudConfig("private half of host-host-key", "ssh-ed25519 host-host-key", true),
    );
  });

  test("shows the halves of keys that are private nowhere", () => {
    expect(made.open()).not.toContain("private half");
    expect(made.resource("host-machine").additionalSecretOutputs).toContain("metadata");
  });

  test("keeps address, data and machine from being lost, and nothing else", () => {
    const kept = made.engine.resources.filter(({ protect }) => protect).map(({ name }) => name);
    expect(kept.sort()).toEqual(["host-data", "host-ipv4", "host-machine"]);
    expect(made.inputs("host-data")).toEqual({
      name: `${label}-data`,
      project: place.project,
      zone: "us-east1-b",
      type: "pd-standard",
      size: 18,
    });
  });

  test("makes nothing beside what it replaces, for names are unique in a project", () => {
    const beside = made
      .ofType("gcp:")
      .filter(({ name }) => !made.options[name]?.deleteBeforeReplace);
    expect(beside).toEqual([]);
  });

  test("takes no newer image for the machine that is there", () => {
    expect(made.options["host-image-24.04"]?.ignoreChanges).toEqual(["input"]);
    expect(made.resource("host-machine").after).toContain("host-image-24.04");
  });

  test("is known by the machine's own number, and reached at its address with its key", () => {
    expect(made.outputs).toEqual(outputsWith("4711"));
  });

  test("prepares the machine anew when it is another one", () => {
    expect(made.inputs("host-prepare").triggers).toEqual(["4711"]);
    expect(made.resource("host-prepare").hooks.beforeCreate).toEqual(["host-reach"]);
    expect(made.engine.variables("host-prepare")).toMatchObject({
      DATA_DEVICE: "/dev/disk/by-id/google-snikket-data",
      DATA_FOLDER: "/var/lib/snikket",
      DATA_STATE: "18",
      REBOOT_AT: "04:00",
    });
  });
});
