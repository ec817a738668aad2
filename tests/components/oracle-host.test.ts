import type { OracleHostArgs } from "../../components/host/oracle/oracle-host";
import { relayRange, snikketPorts } from "../../components/snikket/ports";
import { answerAs, type Options } from "../support/cloud";
import { type Engine, mockEngine, type Output, openPart, unwrap } from "../support/mocks";

const compartmentId = "ocid1.compartment.oc1..family";
const tenancyId = "ocid1.tenancy.oc1..all";
const args: OracleHostArgs = {
  region: "eu-frankfurt-1",
  compartmentId,
  label: "chat-example-org",
  shape: "VM.Standard.A1.Flex",
  ocpus: 1,
  memoryGb: 6,
  bootVolumeGb: 50,
  dataVolumeGb: 60,
  ubuntu: "24.04",
  ipv6: false,
  sshFrom: ["198.51.100.7/32"],
  ports: snikketPorts({ turnPorts: relayRange(10), proxy65Port: 5000 }),
  dataFolder: "/var/lib/snikket",
  rebootAt: "04:00",
  protectMachine: true,
  allowPaid: false,
};
const displayName = "snikket-chat-example-org";
const named = { compartmentId, displayName };
const machineThere = {
  shape: "VM.Standard.A1.Flex",
  shapeConfigs: [{ ocpus: 1, memoryInGbs: 2 }],
  state: "RUNNING",
  availabilityDomain: "AD-2",
};
const volumeThere = { state: "AVAILABLE", sizeInGbs: "20" };

/** What there is in the cloud beforehand, by the name of the list that shows it. */
interface Before {
  room?: Record<string, string>;
  instances?: object[];
  volumes?: object[];
  /** Whether the credentials may list compartments. */
  mayList?: boolean;
}

let engine: Engine;
let options: Record<string, Options>;
let outputs: Record<string, Output>;

const keys = ({ name }: { name: string }) => ({
  privateKeyOpenssh: `private half of ${name}\n`,
  publicKeyOpenssh: `ssh-ed25519 ${name}\n`,
});

const cloud = ({ room = {}, instances = [], volumes = [], mayList = true }: Before) => ({
  made: {
    "tls:index/privateKey:PrivateKey": keys,
    "oci:Core/vcn:Vcn": () => ({
      defaultSecurityListId: "default-list",
      ipv6cidrBlocks: ["2001:db8:1:ab00::/56"],
    }),
    "oci:Core/publicIp:PublicIp": () => ({ ipAddress: "198.51.100.9" }),
    "oci:Core/ipv6:Ipv6": () => ({ ipAddress: "2001:db8:1:ab00::9" }),
    "oci:Core/instance:Instance": () => ({ bootVolumeId: "boot-volume" }),
    "oci:Core/computeCapacityReport:ComputeCapacityReport": (report: {
      inputs: { availabilityDomain: string };
    }) => ({
      shapeAvailabilities: [
        { availabilityStatus: room[report.inputs.availabilityDomain] ?? "OUT_OF_HOST_CAPACITY" },
      ],
    }),
  },
  asked: {
    "oci:Identity/getAvailabilityDomains:getAvailabilityDomains": () => ({
      availabilityDomains: ["AD-1", "AD-2", "AD-3"].map((name) => ({
        name,
        compartmentId: tenancyId,
      })),
    }),
    "oci:Identity/getCompartments:getCompartments": () => {
      if (!mayList) throw new Error("404-NotAuthorizedOrNotFound");
      return { compartments: [{ id: "ocid1.compartment.oc1..games" }] };
    },
    "oci:Core/getInstances:getInstances": (asked: object) => ({
      instances: fitting(instances, asked),
    }),
    "oci:Core/getVolumes:getVolumes": (asked: object) => ({ volumes: fitting(volumes, asked) }),
    "oci:Core/getBootVolumes:getBootVolumes": () => ({ bootVolumes: [] }),
    "oci:Core/getImages:getImages": (asked: { operatingSystemVersion: string; shape: string }) => ({
      images: [
        { id: `newest ${asked.operatingSystemVersion} for ${asked.shape}` },
        { id: "older" },
      ],
    }),
  },
});

/** Those that are called so and lie there; what says nothing lies in the family's compartment. */
const fitting = (all: object[], asked: { displayName?: string; compartmentId?: string }) =>
  all.filter((one: { displayName?: string; compartmentId?: string }) => {
    const place = one.compartmentId ?? compartmentId;
    return (
      place === asked.compartmentId && [undefined, one.displayName].includes(asked.displayName)
    );
  });

async function make(
  change: Partial<OracleHostArgs> = {},
  before: Before = { room: { "AD-2": "AVAILABLE", "AD-3": "AVAILABLE" } },
  others: Record<string, Partial<OracleHostArgs>> = {},
): Promise<void> {
  engine = await mockEngine({ stdout: { "host-prepare": "0.5" } });
  options = answerAs(cloud(before));
  jest.spyOn(console, "warn").mockImplementation((line) => void engine.logs.push(String(line)));
  outputs = await engine.run(() => {
    const { OracleHost } =
      require("../../components/host/oracle/oracle-host") as typeof import("../../components/host/oracle/oracle-host");
    const addresses = Object.entries(others).map(([name, change]) => [
      name,
      new OracleHost(name, { ...args, ...change }).ipv6,
    ]);
    const host = new OracleHost("host", { ...args, ...change });
    const { machineId, ipv4, ipv6, connection, prepared, monthlyCost } = host;
    const own = { machineId, ipv4, ipv6, connection, prepared, monthlyCost };
    return { ...own, ...Object.fromEntries(addresses) };
  });
}

const resource = (name: string) => {
  const found = engine.resources.find((one) => one.name === name);
  if (!found) throw new Error(`${name} was not registered`);
  return found;
};
const inputs = (name: string) => unwrap(resource(name).inputs) as Record<string, never>;
const ofType = (type: string) => engine.resources.filter(({ tail }) => tail.includes(type));
const protectedOnes = (host: string) =>
  engine.resources
    .filter(({ name, protect }) => protect && name.startsWith(`${host}-`))
    .map(({ name }) => name)
    .sort();

type Change = { oldInputs?: object; newInputs?: object };
/** Runs a hook as the engine would, before a machine is made unless said otherwise. */
const hook = async (name: string, change: Change = { newInputs: { shape: args.shape } }) => {
  const found = engine.hooks.find((one) => one.name === name);
  return found?.callback(change as unknown as Parameters<typeof found.callback>[0]);
};
const refusal = (name: string, change?: Change) =>
  hook(name, change).then(
    () => undefined,
    (error: Error) => error.message,
  );

const world = { source: "0.0.0.0/0", sourceType: "CIDR_BLOCK" };
const portOptions = (protocol: string, min: number, max: number) =>
  protocol === "tcp"
    ? { protocol: "6", tcpOptions: { destinationPortRange: { min, max } } }
    : { protocol: "17", udpOptions: { destinationPortRange: { min, max } } };

describe("as it comes", () => {
  beforeAll(() => make());

  test("consists of exactly these resources, each below the host", () => {
    const core = (type: string) => `oci:Core/${type[0]?.toLowerCase()}${type.slice(1)}:${type}`;
    const rules = [...args.ports.map(({ name }) => name), "ssh-198.51.100.7/32", "too-big", "out"];
    expect(engine.resources.map(({ tail }) => tail).sort()).toEqual(
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
    expect(inputs("host-oracle")).toEqual({ region: "eu-frankfurt-1" });
    const all = JSON.stringify(engine.resources.map(({ name, inputs }) => [name, unwrap(inputs)]));
    expect(all.replace(/"stdin":"(\\.|[^"])*"/g, "")).not.toMatch(/ipv6|::\/0/i);
  });

  test("is a network of its own with a way to the internet", () => {
    const vcnId = "host-vcn-id";
    expect(inputs("host-vcn")).toEqual({
      ...named,
      cidrBlocks: ["10.0.0.0/24"],
      dnsLabel: "snikket",
    });
    expect(inputs("host-gateway")).toEqual({ ...named, vcnId, enabled: true });
    expect(inputs("host-routes")).toEqual({
      ...named,
      vcnId,
      routeRules: [
        {
          destination: "0.0.0.0/0",
          destinationType: "CIDR_BLOCK",
          networkEntityId: "host-gateway-id",
        },
      ],
    });
    expect(inputs("host-subnet")).toEqual({
      ...named,
      vcnId,
      cidrBlock: "10.0.0.0/24",
      dnsLabel: "family",
      routeTableId: "host-routes-id",
    });
  });

  test("lets in exactly the port table, SSH from where it is said, and what says that packets are too big", () => {
    const rules = ofType("SecurityGroupSecurityRule").map(({ name, inputs }) => [
      name.replace("host-rule-", ""),
      inputs,
    ]);
    const group = { networkSecurityGroupId: "host-rules-id" };
    const incoming = { ...group, direction: "INGRESS" };
    expect(Object.fromEntries(rules)).toEqual({
      ...Object.fromEntries(
        args.ports.map(({ name, protocol, from, to, reason }) => [
          name,
          { ...incoming, ...world, description: reason, ...portOptions(protocol, from, to) },
        ]),
      ),
      "ssh-198.51.100.7/32": {
        ...incoming,
        ...world,
        source: "198.51.100.7/32",
        description: expect.any(String),
        ...portOptions("tcp", 22, 22),
      },
      "too-big": {
        ...incoming,
        ...world,
        description: expect.any(String),
        protocol: "1",
        icmpOptions: { type: 3, code: 4 },
      },
      out: {
        ...group,
        direction: "EGRESS",
        description: expect.any(String),
        protocol: "all",
        destination: "0.0.0.0/0",
        destinationType: "CIDR_BLOCK",
      },
    });
    expect(inputs("host-rules")).toEqual({ ...named, vcnId: "host-vcn-id" });
  });

  test("empties the list of rules that comes with a network and opens SSH to the world", () => {
    expect(inputs("host-default-rules")).toEqual({
      ...named,
      manageDefaultResourceId: "default-list",
      ingressSecurityRules: [],
      egressSecurityRules: [],
    });
  });

  test("has its address before the machine, and binds both by a reserved one inside", () => {
    expect(inputs("host-private-address")).toEqual({
      displayName,
      lifetime: "RESERVED",
      subnetId: "host-subnet-id",
    });
    expect(inputs("host-address")).toEqual({
      ...named,
      lifetime: "RESERVED",
      privateIpId: "host-private-address-id",
    });
    for (const name of ["host-private-address", "host-address"])
      expect(resource(name).after).not.toContain("host-machine");
    // An update of it would take it from the machine.
    expect(options["host-private-address"]?.ignoreChanges).toEqual(["vnicId"]);
  });

  test("has exactly this machine, in the first domain with room", () => {
    expect(openPart(resource("host-machine").inputs)).toEqual({
      ...named,
      availabilityDomain: "AD-2",
      shape: "VM.Standard.A1.Flex",
      shapeConfig: { ocpus: 1, memoryInGbs: 6 },
      sourceDetails: {
        sourceType: "image",
        sourceId: "newest 24.04 for VM.Standard.A1.Flex",
        bootVolumeSizeInGbs: "50",
      },
      createVnicDetails: {
        displayName,
        subnetId: "host-subnet-id",
        nsgIds: ["host-rules-id"],
        privateIpId: "host-private-address-id",
        assignPublicIp: "false",
      },
      metadata: { ssh_authorized_keys: "ssh-ed25519 host-deploy-key", user_data: "secret" },
      instanceOptions: { areLegacyImdsEndpointsDisabled: true },
      preserveBootVolume: false,
      state: "RUNNING",
      freeformTags: { "room-asked-for": expect.stringMatching(/^2\d{3}-.*Z$/) },
    });
  });

  test("never replaces the machine for what nobody asked for, and never beside the old one", () => {
    expect(options["host-machine"]).toMatchObject({
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
    const { user_data } = inputs("host-machine").metadata as unknown as Record<string, string>;
    const text = Buffer.from(user_data ?? "", "base64").toString();
    expect(text).toMatch(/^#cloud-config\n\{.*\}\n$/);
    expect(text).toContain("private half of host-host-key");
    expect(text).not.toContain("deploy-key");
    expect(resource("host-machine").additionalSecretOutputs).toContain("metadata");
    const open = [engine.resources.map(({ inputs }) => openPart(inputs)), engine.logs];
    expect(JSON.stringify(open)).not.toContain("private half");
  });

  test("has its data on a volume of its own, in the machine's domain, backed up twice a week", () => {
    const data = { compartmentId, displayName: `${displayName}-data` };
    expect(inputs("host-data")).toEqual({ ...data, availabilityDomain: "AD-2", sizeInGbs: "60" });
    expect(options["host-data"]?.ignoreChanges).toEqual(["availabilityDomain"]);
    expect(inputs("host-data-attached")).toEqual({
      displayName: data.displayName,
      attachmentType: "paravirtualized",
      instanceId: "host-machine-id",
      volumeId: "host-data-id",
      device: "/dev/oracleoci/oraclevdb",
    });
    expect(options["host-data-attached"]?.deleteBeforeReplace).toBe(true);
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
    expect(inputs("host-backups")).toEqual({ ...data, schedules });
    expect(inputs("host-data-backups")).toEqual({
      assetId: "host-data-id",
      policyId: "host-backups-id",
    });
  });

  test("asks the tenancy for room in each domain", () => {
    const reports = ofType("ComputeCapacityReport").map(({ inputs }) => inputs);
    expect(reports).toEqual(
      ["AD-1", "AD-2", "AD-3"].map((availabilityDomain) => ({
        availabilityDomain,
        compartmentId: tenancyId,
        shapeAvailabilities: [
          {
            instanceShape: "VM.Standard.A1.Flex",
            instanceShapeConfig: { ocpus: 1, memoryInGbs: 6 },
          },
        ],
      })),
    );
    expect(options["host-room-1"]?.ignoreChanges).toEqual([
      "availabilityDomain",
      "compartmentId",
      "shapeAvailabilities",
    ]);
  });

  test("keeps addresses, data and machine from being lost, and nothing else", () => {
    expect(protectedOnes("host")).toEqual([
      "host-address",
      "host-data",
      "host-machine",
      "host-private-address",
    ]);
  });

  test("is known by its boot volume, and reached at its address with its key", () => {
    expect(outputs).toEqual({
      machineId: { value: "boot-volume", secret: false },
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

  test("prepares the machine when the volume is there, and anew when it is another machine", () => {
    expect(inputs("host-prepare").triggers).toEqual(["boot-volume"]);
    expect(resource("host-prepare").hooks.beforeCreate).toEqual(["host-reach"]);
    expect(resource("host-prepare").after).toContain("host-data-attached");
    const sent = String(inputs("host-prepare").stdin);
    for (const line of [
      "DATA_DEVICE='/dev/oracleoci/oraclevdb'",
      "DATA_FOLDER='/var/lib/snikket'",
      "DATA_STATE='host-data-attached-id 60 GB'",
      "REBOOT_AT='04:00'",
    ])
      expect(sent).toContain(`export ${line}\n`);
  });

  test("counts and looks for room before the machine and its volume are made, and asks again each time", async () => {
    for (const name of ["host-machine", "host-data"])
      expect(resource(name).hooks).toEqual({
        beforeCreate: ["host-free-tier", "host-room"],
        beforeUpdate: ["host-free-tier"],
      });
    expect(resource("host-data").after).toContain("host-machine");
    for (const name of ["host-free-tier", "host-room"]) {
      expect(engine.hooks.find((one) => one.name === name)?.opts).toEqual({ onDryRun: true });
      expect(await refusal(name)).toBeUndefined();
    }
    const asked = Date.parse(String(options["host-room-1"]?.replacementTrigger));
    expect(Date.now() - asked).toBeLessThan(60_000);
  });

  test("tells a newcomer that idle machines are stopped", () => {
    expect(engine.logs.join("\n")).toContain("idle for a week");
  });
});

describe("as it may be", () => {
  beforeAll(() =>
    make({}, undefined, {
      other: { label: "chat-example-net" },
      open: { protectMachine: false },
      six: { ipv6: true, sshFrom: ["198.51.100.7/32", "2001:db8::/64"] },
      micro: { shape: "VM.Standard.E2.1.Micro" },
      known: { credentials: { tenancyOcid: tenancyId, privateKey: "secret key" } },
    }),
  );

  test("has nothing in common with another family's in the same compartment", () => {
    const names = (host: string) =>
      ofType("oci:Core")
        .filter(({ name, inputs }) => name.startsWith(`${host}-`) && inputs.displayName)
        .map(({ inputs }) => String(inputs.displayName));
    expect(names("host")).toHaveLength(12);
    expect(names("other").filter((name) => names("host").includes(name))).toEqual([]);
    // What has no name of its own belongs to something that has.
    const own = ofType("oci:Core").filter(({ name }) => name.startsWith("host-"));
    expect(JSON.stringify(own)).not.toMatch(/(other|open|six|micro|known)-/);
  });

  test("gives up the machine alone where it is not protected", () => {
    expect(protectedOnes("open")).toEqual(["open-address", "open-data", "open-private-address"]);
  });

  test("has a second, reserved address where IPv6 is wanted", () => {
    expect(inputs("six-vcn").isIpv6enabled).toBe(true);
    expect(inputs("six-subnet").ipv6cidrBlock).toBe("2001:db8:1:ab00::/64");
    const routes = inputs("six-routes").routeRules as unknown as { destination: string }[];
    expect(routes.map(({ destination }) => destination)).toEqual(["0.0.0.0/0", "::/0"]);
    expect(inputs("six-address-ipv6")).toEqual({
      displayName,
      lifetime: "RESERVED",
      subnetId: "six-subnet-id",
    });
    expect(protectedOnes("six")).toContain("six-address-ipv6");
    expect(options["six-address-ipv6"]?.ignoreChanges).toEqual(["vnicId"]);
    expect(inputs("six-machine").createVnicDetails).toMatchObject({
      ipv6addressIpv6subnetCidrPairDetails: [{ ipv6id: "six-address-ipv6-id" }],
    });
    expect(outputs.six?.value).toBe("2001:db8:1:ab00::9");
  });

  test("has rules of their own for IPv6", () => {
    const six = ofType("SecurityGroupSecurityRule").filter(({ inputs }) =>
      String(inputs.source ?? inputs.destination).includes(":"),
    );
    const ports = args.ports.map(({ name }) => `${name}-ipv6`);
    expect(six.map(({ name }) => name.replace("six-rule-", "")).sort()).toEqual(
      [...ports, "ssh-2001:db8::/64", "too-big-ipv6", "out-ipv6"].sort(),
    );
    expect(inputs("six-rule-too-big-ipv6")).toMatchObject({
      protocol: "58",
      icmpOptions: { type: 2, code: 0 },
    });
  });

  test("asks for no size of a shape that has one", () => {
    const shape = "VM.Standard.E2.1.Micro";
    const sourceDetails = { sourceId: `newest 24.04 for ${shape}` };
    expect(inputs("micro-machine")).toMatchObject({ shape, sourceDetails });
    expect(inputs("micro-machine").shapeConfig).toBeUndefined();
    expect(inputs("micro-room-1").shapeAvailabilities).toEqual([{ instanceShape: shape }]);
  });

  test("asks Oracle with the credentials it is given", () => {
    expect(openPart(resource("known-oracle").inputs)).toMatchObject({
      region: "eu-frankfurt-1",
      tenancyOcid: tenancyId,
      privateKey: "secret",
    });
  });
});

describe("where there is something already, and no room", () => {
  const freeformTags = { "room-asked-for": "2026-11-22T17:00:00.000Z" };
  const called = (label: string) => ({ displayName: `snikket-${label}` });
  const data = (label: string) => ({ ...volumeThere, displayName: `snikket-${label}-data` });
  beforeAll(() =>
    make(
      {},
      {
        room: { "AD-3": "HARDWARE_NOT_SUPPORTED" },
        instances: [
          { ...machineThere, ...called("there"), state: "TERMINATED", availabilityDomain: "AD-3" },
          { ...machineThere, ...called("there"), freeformTags },
          { ...machineThere, ...called("stopped"), state: "STOPPED" },
        ],
        volumes: [
          { ...data("kept"), availabilityDomain: "AD-1" },
          { ...data("moved"), availabilityDomain: "AD-1" },
        ],
      },
      {
        there: { label: "there" },
        stopped: { label: "stopped" },
        kept: { label: "kept" },
        moved: { label: "moved", availabilityDomain: 3 },
        paid: { label: "paid", allowPaid: true },
        fixed: { label: "fixed", availabilityDomain: 3 },
      },
    ),
  );
  const place = (host: string) => inputs(`${host}-machine`).availabilityDomain;

  test("says what to do, and when, where no domain has room", async () => {
    const said = await refusal("host-room");
    expect(said).toMatch(/^Oracle has no room now .*AD-1 OUT_OF_HOST_CAPACITY, AD-2 .*, AD-3/);
  });

  test("asks no more when there is a machine, and leaves it where it is", () => {
    expect(options["there-room-1"]?.replacementTrigger).toBe("2026-11-22T17:00:00.000Z");
    expect(place("there")).toBe("AD-2");
    expect(inputs("there-machine").freeformTags).toEqual(freeformTags);
  });

  test("follows the volume with the data, and has no other choice", async () => {
    expect(place("kept")).toBe("AD-1");
    expect(await refusal("kept-room")).toContain("(AD-1 OUT_OF_HOST_CAPACITY)");
  });

  test("takes the configured domain without asking", async () => {
    expect(ofType("ComputeCapacityReport::fixed-")).toEqual([]);
    expect(place("fixed")).toBe("AD-3");
    expect(await refusal("fixed-room")).toBeUndefined();
  });

  test("refuses a configured domain that the data cannot move to, or says that it is ignored", async () => {
    expect(place("moved")).toBe("AD-1");
    const said = await refusal("moved-room");
    expect(said).toContain("volumes cannot move");
    expect(engine.logs).toContain(`warning: [runtime] ${said}`);
  });

  test("refuses what the others' machines leave no room for, unless it may cost money", async () => {
    expect(await refusal("host-free-tier")).toBe(
      "snikket:host.ocpus is 1, and 2 OCPUs of A1.Flex are free in a tenancy, of which other machines have 2; terminate one of them, or take another shape, or allowPaid: true if it may cost money",
    );
    expect(await refusal("paid-free-tier")).toBeUndefined();
  });

  test("does not count its own machine, nor keeps it from starting again", async () => {
    expect(await refusal("there-free-tier")).toBeUndefined();
    const size = { shape: args.shape, shapeConfig: { ocpus: 1 } };
    const same = { oldInputs: size, newInputs: { ...size, state: "RUNNING" } };
    expect(await refusal("host-free-tier", same)).toBeUndefined();
  });

  test("says once that a stopped machine is started", () => {
    expect(engine.logs.filter((line) => line.includes("The machine is stopped"))).toHaveLength(1);
  });
});
