import { askedForTypes, images, madeBefore, makeGoogle } from "../support/google-host";

const label = "snikket-chat-example-org";
const place = { project: "family-chat-471203", region: "us-east1" };

test("has nothing in common with another family's in the same project", async () => {
  const longest = "xn--ab-1".padEnd(39, "x");
  const made = await makeGoogle(
    {},
    { other: { label: "chat-example-net" }, longest: { label: longest } },
  );
  const names = made
    .ofType("gcp:")
    .map(({ name, inputs }) => [name.split("-")[0], String(inputs.name)]);
  const of = (host: string) =>
    names.flatMap(([owner, name = ""]) => (owner === host ? [name] : []));
  expect(of("host")).toHaveLength(8);
  expect(of("other").filter((name) => of("host").includes(name))).toEqual([]);
  for (const name of of("longest")) expect(name).toMatch(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$/);
});

test("gives up the machine alone where it is not protected", async () => {
  const made = await makeGoogle({ protectMachine: false });
  const kept = made.engine.resources.filter(({ protect }) => protect).map(({ name }) => name);
  expect(kept.sort()).toEqual(["host-data", "host-ipv4"]);
  expect(made.inputs("host-machine").deletionProtection).toBe(false);
});

test("has a second, reserved address where IPv6 is wanted", async () => {
  const sshFrom = ["198.51.100.7/32", "2001:db8::/64"];
  const made = await makeGoogle({ ipv6: true, networkTier: "PREMIUM", sshFrom });
  expect(made.inputs("host-subnetwork")).toEqual({
    ...{ ...place, name: label, network: "host-network-id", ipCidrRange: "10.0.0.0/24" },
    stackType: "IPV4_IPV6",
    ipv6AccessType: "EXTERNAL",
  });
  expect(made.resource("host-ipv6").protect).toBe(true);
  expect(made.inputs("host-ipv6")).toEqual({
    ...place,
    name: `${label}-ipv6`,
    addressType: "EXTERNAL",
    networkTier: "PREMIUM",
    ipVersion: "IPV6",
    ipv6EndpointType: "VM",
    subnetwork: "host-subnetwork-id",
  });
  expect(made.inputs("host-machine").networkInterfaces).toEqual([
    {
      subnetwork: "host-subnetwork-id",
      stackType: "IPV4_IPV6",
      accessConfigs: [{ natIp: "198.51.100.9", networkTier: "PREMIUM" }],
      ipv6AccessConfigs: [
        { externalIpv6: "2001:db8:1::", externalIpv6PrefixLength: "96", networkTier: "PREMIUM" },
      ],
    },
  ]);
  expect(made.outputs.ipv6?.value).toBe("2001:db8:1::");
  const rules = Object.fromEntries(
    made.ofType("Firewall").map(({ name, inputs }) => [name, inputs]),
  );
  const beside = (purpose: string, from: string) => [
    [`host-firewall-${purpose}`, rules[`host-firewall-${purpose}`]],
    [
      `host-firewall-${purpose}-ipv6`,
      {
        ...(rules[`host-firewall-${purpose}`] as object),
        ...{ name: `${label}-${purpose}-ipv6`, sourceRanges: [from] },
      },
    ],
  ];
  expect(rules).toEqual(
    Object.fromEntries(
      [beside("ssh", "2001:db8::/64"), beside("tcp", "::/0"), beside("udp", "::/0")].flat(),
    ),
  );
});

test("warns of a new machine, already in the preview, that others were not counted, unless it may cost money", async () => {
  const made = await makeGoogle({}, { paid: { allowPaid: true } });
  expect(made.resource("host-machine").hooks).toEqual({ beforeCreate: ["host-billing"] });
  expect(made.engine.hooks.find(({ name }) => name === "host-billing")?.opts).toEqual({
    onDryRun: true,
  });
  expect(await made.refusal("paid-billing", {})).toBeUndefined();
  expect(made.engine.logs).toEqual([]);
  expect(await made.refusal("host-billing", {})).toBeUndefined();
  expect(made.engine.logs).toEqual([
    expect.stringMatching(
      /^warning: .*One e2-micro and 30 GB .* for each billing account .*not counted/,
    ),
  ]);
});

test.each([
  ["the free machine type, of which it asks nothing", "e2-micro", []],
  ["another one, when Google has said that the zone has it", "e2-small", ["us-east1-b"]],
  ["a size of one's own, which is in no list", "e2-custom-2-4096", []],
])("takes %s", async (_, machineType, asked) => {
  const made = await makeGoogle({ machineType, allowPaid: true });
  expect(made.inputs("host-machine").machineType).toBe(machineType);
  expect(askedForTypes).toEqual(asked);
  expect(madeBefore).toEqual([]);
});

test("counts in what a month costs the machine and all of its disks where nothing is free", async () => {
  const made = await makeGoogle({ zone: "europe-west3-b", allowPaid: true });
  expect(made.outputs.monthlyCost).toEqual({
    value: expect.stringMatching(/^about .*: e2-micro .* disks 1\.20, .* europe-west3 has its own/),
    secret: false,
  });
});

test("pins another image for another release of Ubuntu", async () => {
  const made = await makeGoogle({ ubuntu: "22.04" });
  const image = `${images}/ubuntu-os-cloud/ubuntu-2204-lts`;
  expect(made.inputs("host-image-22.04")).toEqual({ input: image });
  expect(made.inputs("host-machine").bootDisk).toEqual({
    initializeParams: { image, size: 12, type: "pd-standard" },
  });
});
