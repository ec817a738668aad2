import { cloudConfig } from "../../components/host/cloud-init";
import { type MadeHosts, outputsWith } from "../support/hosts";
import { args, compartmentId, makeOracle } from "../support/oracle-host";
import { openPart, unwrap } from "../support/wrapped";

const displayName = "snikket-chat-example-org";
const named = { compartmentId, displayName };

let made: MadeHosts;

/** As openPart shows it. */
const machine = {
  ...{ ...named, availabilityDomain: "AD-2", shape: "VM.Standard.A1.Flex" },
  shapeConfig: { ocpus: 1, memoryInGbs: 6 },
  sourceDetails: {
    ...{
      sourceType: "image",
      sourceId: "newest 24.04 for VM.Standard.A1.Flex",
      bootVolumeSizeInGbs: "50",
    },
  },
  createVnicDetails: {
    ...{ displayName, subnetId: "host-subnet-id", nsgIds: ["host-rules-id"] },
    ...{ privateIpId: "host-private-address-id", assignPublicIp: "false" },
  },
  metadata: { ssh_authorized_keys: "ssh-ed25519 host-deploy-key", user_data: "secret" },
  instanceOptions: { areLegacyImdsEndpointsDisabled: true },
  ...{ preserveBootVolume: false, state: "RUNNING" },
  freeformTags: { "room-asked-for": expect.stringMatching(/^2\d{3}-.*Z$/) },
};

beforeAll(async () => {
  made = await makeOracle();
});

test("consists of exactly these resources, each below the host", () => {
  const core = (type: string) => `oci:Core/${type[0]?.toLowerCase()}${type.slice(1)}:${type}`;
  const rules = [...args.ports.map(({ name }) => name), "ssh-198.51.100.7/32", "too-big", "out"];
  expect(made.engine.resources.map(({ tail }) => tail).sort()).toEqual(
    [
      "snikket:host:OracleHost::host",
      ...[
        "pulumi:providers:oci::host-oracle",
        "tls:index/privateKey:PrivateKey::host-deploy-key",
        "tls:index/privateKey:PrivateKey::host-host-key",
        `${core("Vcn")}::host-vcn`,
        `${core("DefaultSecurityList")}::host-default-rules`,
        `${core("NetworkSecurityGroup")}::host-rules`,
        ...rules.map((rule) => `${core("NetworkSecurityGroupSecurityRule")}::host-rule-${rule}`),
        `${core("InternetGateway")}::host-gateway`,
        `${core("RouteTable")}::host-routes`,
        `${core("Subnet")}::host-subnet`,
        `${core("PrivateIp")}::host-private-address`,
        `${core("PublicIp")}::host-address`,
        ...[1, 2, 3].map((n) => `${core("ComputeCapacityReport")}::host-room-${n}`),
        `${core("Instance")}::host-machine`,
        `${core("Volume")}::host-data`,
        `${core("VolumeBackupPolicy")}::host-backups`,
        `${core("VolumeBackupPolicyAssignment")}::host-data-backups`,
        `${core("VolumeAttachment")}::host-data-attached`,
        "command:remote:Command::host-prepare",
      ].map((tail) => `snikket:host:OracleHost$${tail}`),
    ].sort(),
  );
});

test("asks in the region of the stack, and has nothing to do with IPv6", () => {
  expect(made.inputs("host-oracle")).toEqual({ region: "eu-frankfurt-1" });
  const all = JSON.stringify(
    made.engine.resources.map(({ name, inputs }) => [name, unwrap(inputs)]),
  );
  expect(all.replace(/"stdin":"(\\.|[^"])*"/g, "")).not.toMatch(/ipv6|::\/0/i);
});

test("has exactly this machine, in the first domain with room", () => {
  expect(openPart(made.resource("host-machine").inputs)).toEqual(machine);
});

test("never replaces the machine for what nobody asked for, and never beside the old one", () => {
  expect(made.options["host-machine"]).toMatchObject({
    deleteBeforeReplace: true,
    ignoreChanges: [
      "availabilityDomain",
      "metadata",
      "sourceDetails.sourceId",
      "createVnicDetails.privateIpId",
    ],
    replaceOnChanges: ["shape"],
    replacementTrigger: "24.04",
  });
});

test("tells the machine its host key, and nothing else that is secret", () => {
  const { user_data } = made.inputs("host-machine").metadata as unknown as Record<string, string>;
  expect(Buffer.from(user_data ?? "", "base64").toString()).toBe(
    cloudConfig("private half of host-host-key", "ssh-ed25519 host-host-key", false),
  );
  expect(made.resource("host-machine").additionalSecretOutputs).toContain("metadata");
  expect(made.open()).not.toContain("private half");
});

test("has its data on a volume of its own, in the machine's domain, backed up twice a week", () => {
  const data = { compartmentId, displayName: `${displayName}-data` };
  expect(made.inputs("host-data")).toEqual({
    ...data,
    availabilityDomain: "AD-2",
    sizeInGbs: "60",
  });
  expect(made.options["host-data"]?.ignoreChanges).toEqual(["availabilityDomain"]);
  expect(made.inputs("host-data-attached")).toEqual({
    displayName: data.displayName,
    attachmentType: "paravirtualized",
    instanceId: "host-machine-id",
    volumeId: "host-data-id",
    device: "/dev/oracleoci/oraclevdb",
  });
  expect(made.options["host-data-attached"]?.deleteBeforeReplace).toBe(true);
  const schedule = (dayOfWeek: string) => ({
    backupType: "INCREMENTAL",
    period: "ONE_WEEK",
    offsetType: "STRUCTURED",
    dayOfWeek,
    hourOfDay: 1,
    timeZone: "UTC",
    retentionSeconds: 518400,
  });
  const schedules = [schedule("SUNDAY"), schedule("WEDNESDAY")];
  expect(made.inputs("host-backups")).toEqual({ ...data, schedules });
  expect(made.inputs("host-data-backups")).toEqual({
    assetId: "host-data-id",
    policyId: "host-backups-id",
  });
});

test("keeps addresses, data and machine from being lost, and nothing else", () => {
  expect(made.protectedOnes("host")).toEqual([
    "host-address",
    "host-data",
    "host-machine",
    "host-private-address",
  ]);
});

test("is known by its boot volume, and reached at its address with its key", () => {
  expect(made.outputs).toEqual(outputsWith("boot-volume"));
});

test("prepares the machine when the volume is there, and anew when it is another machine", () => {
  expect(made.inputs("host-prepare").triggers).toEqual(["boot-volume"]);
  expect(made.resource("host-prepare").hooks.beforeCreate).toEqual(["host-reach"]);
  expect(made.resource("host-prepare").after).toContain("host-data-attached");
  expect(made.engine.variables("host-prepare")).toMatchObject({
    DATA_DEVICE: "/dev/oracleoci/oraclevdb",
    DATA_FOLDER: "/var/lib/snikket",
    DATA_STATE: "host-data-attached-id 60 GB",
    REBOOT_AT: "04:00",
  });
});

test("tells a newcomer that idle machines are stopped", () => {
  expect(made.engine.logs.join("\n")).toContain("idle for a week");
});
