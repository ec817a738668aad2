import { googleWorld } from "../../../sandbox/stand-ins/gcp/world";
import type { Resource } from "../../../sandbox/stand-ins/store";

const kept = (kind: string, id: string, outputs: object): Resource => ({
  type: `gcp:compute/${kind.toLowerCase()}:${kind}`,
  ...{ id, inputs: {}, outputs: { ...outputs } },
});

const disk = "projects/p/zones/z/disks/data";
const all: Resource[] = [
  kept("Network", "network", {}),
  kept("Subnetwork", "subnet", { network: "network", ipCidrRange: "10.0.0.0/24" }),
  kept("Firewall", "tcp", {
    network: "network",
    allows: [{ protocol: "tcp", ports: ["443", "5349-5350"] }],
    sourceRanges: ["0.0.0.0/0", "::/0"],
  }),
  kept("Firewall", "elsewhere", {
    ...{ network: "other", allows: [{ protocol: "tcp" }], sourceRanges: ["0.0.0.0/0"] },
  }),
  kept("Disk", disk, { size: 18 }),
  kept("Instance", "instance", {
    ...{ name: "chat", instanceId: "471", desiredStatus: "RUNNING", privateIp: "10.0.0.2" },
    networkInterfaces: [{ subnetwork: "subnet", accessConfigs: [{ natIp: "198.51.100.40" }] }],
    metadata: { "ssh-keys": "ubuntu:ssh-ed25519 A\neve:ssh-ed25519 B", "user-data": "#cloud" },
    attachedDisks: [{ source: `https://example.org/${disk}`, deviceName: "snikket-data" }],
  }),
];

test("what Google's resources mean is a machine with its address, keys, rules and disk", () => {
  const opened = (...ports: [number, number]) => ({
    ...{ direction: "in", protocol: "tcp", ports, peer: "0.0.0.0/0" },
  });
  expect(googleWorld(all)).toEqual({
    subnet: "10.0.0.0/24",
    volumes: [{ id: disk, gb: 18 }],
    machines: [
      {
        ...{ id: "471", name: "chat", image: "machine-google", running: true },
        ...{ privateIp: "10.0.0.2", publicIp: "198.51.100.40" },
        metadata: {
          "computeMetadata/v1/instance/attributes/ssh-keys":
            "ubuntu:ssh-ed25519 A\neve:ssh-ed25519 B",
          "computeMetadata/v1/instance/attributes/user-data": "#cloud",
        },
        ...{ publicKeys: ["ssh-ed25519 A"], userData: "#cloud" },
        rules: [
          opened(443, 443),
          opened(5349, 5350),
          { direction: "out", protocol: "all", peer: "0.0.0.0/0" },
        ],
        attached: { [disk]: "/dev/disk/by-id/google-snikket-data" },
      },
    ],
  });
});
