import { models as cloudflare } from "../../../sandbox/stand-ins/cloudflare/model";
import { declared } from "../../../sandbox/stand-ins/declarations";
import { models as gcp } from "../../../sandbox/stand-ins/gcp/model";
import { type Declared, modelled, type Rules, replaces } from "../../../sandbox/stand-ins/model";
import { models as oci } from "../../../sandbox/stand-ins/oci/model";
import { models as tls } from "../../../sandbox/stand-ins/tls/model";

const all: Record<string, Rules> = { ...oci, ...gcp, ...cloudflare, ...tls };
const read = (type: string) => declared(type) as Declared;
const instance = "oci:Core/instance:Instance";

describe("declarations", () => {
  it("tell inputs, required ones, and what comes back", () => {
    expect(read("oci:Core/networkSecurityGroup:NetworkSecurityGroup")).toEqual({
      inputs: ["compartmentId", "definedTags", "displayName", "freeformTags", "vcnId"],
      required: ["compartmentId", "vcnId"],
      computed: expect.arrayContaining(["state", "timeCreated", "displayName"]),
      secret: [],
      replaces: {
        compartmentId: false,
        definedTags: false,
        displayName: false,
        freeformTags: false,
        vcnId: true,
      },
    });
  });

  it("tell an input that may stay undefined from one that comes back", () => {
    const { computed } = read("gcp:compute/address:Address");
    expect(computed).toContain("address");
    expect(computed).not.toContain("description");
  });

  it("tell the members of inputs whose types are maps, lists and objects", () => {
    const { replaces = {}, inputs } = read(instance);
    expect(inputs).toEqual(expect.arrayContaining(["metadata", "shapeConfig", "state"]));
    expect(replaces).toMatchObject({
      createVnicDetails: false,
      "createVnicDetails.subnetId": true,
      "createVnicDetails.nsgIds": false,
      "launchVolumeAttachments.launchCreateVolumeDetails.sizeInGbs": true,
      "sourceDetails.sourceId": false,
    });
  });

  it("tell secret outputs", () => {
    const { secret } = read("tls:index/privateKey:PrivateKey");
    expect(secret).toEqual(["privateKeyOpenssh", "privateKeyPem", "privateKeyPemPkcs8"]);
  });

  it("are not there for a type that the SDK does not have", () => {
    expect(declared("oci:Core/instanse:Instanse")).toBeUndefined();
  });
});

describe("models", () => {
  const types = Object.entries(all);

  it.each(types)("%s is in the SDK, and so is each input its rules name", (type, rules) => {
    const { inputs } = read(type);
    const named = Object.keys(rules.replaces ?? {}).map((path) => path.split(".")[0]);
    expect([...inputs, "*"]).toEqual(expect.arrayContaining(named));
    expect(inputs.length).toBeGreaterThan(0);
  });

  it.each([
    [instance, "displayName", false],
    [instance, "createVnicDetails.subnetId", true],
    [instance, "createVnicDetails.nsgIds[0]", false],
    [instance, "sourceDetails.sourceId", false],
    [instance, "shapeConfig.ocpus", false],
    [instance, "availabilityDomain", true],
    [instance, "metadata.user_data", true],
    [instance, "metadata.ssh_authorized_keys", true],
    [instance, "metadata.other", false],
    [instance, "preserveBootVolume", false],
    ["oci:Core/vcn:Vcn", "isIpv6enabled", false],
    ["oci:Core/vcn:Vcn", "dnsLabel", true],
    ["oci:Core/publicIp:PublicIp", "privateIpId", false],
    ["oci:Core/publicIp:PublicIp", "lifetime", true],
    ["oci:Core/volumeAttachment:VolumeAttachment", "instanceId", true],
    [
      "oci:Core/networkSecurityGroupSecurityRule:NetworkSecurityGroupSecurityRule",
      "tcpOptions.destinationPortRange.max",
      false,
    ],
    ["oci:Core/defaultSecurityList:DefaultSecurityList", "manageDefaultResourceId", true],
    ["oci:Core/defaultSecurityList:DefaultSecurityList", "ingressSecurityRules", false],
    ["gcp:compute/instance:Instance", "machineType", false],
    ["gcp:compute/instance:Instance", 'metadata["user-data"]', false],
    ["gcp:compute/instance:Instance", "metadataStartupScript", true],
    ["gcp:compute/instance:Instance", "bootDisk.initializeParams.image", true],
    ["gcp:compute/instance:Instance", "bootDisk.initializeParams.size", true],
    ["gcp:compute/instance:Instance", "bootDisk.autoDelete", false],
    ["gcp:compute/instance:Instance", "networkInterfaces[1]", true],
    ["gcp:compute/instance:Instance", "networkInterfaces[0].accessConfigs[0].natIp", false],
    ["gcp:compute/instance:Instance", "networkInterfaces[0].nicType", true],
    ["gcp:compute/instance:Instance", "deletionProtection", false],
    ["gcp:compute/address:Address", "networkTier", true],
    ["gcp:compute/address:Address", "labels.a", false],
    ["gcp:compute/firewall:Firewall", "allows[0].ports[1]", false],
    ["gcp:compute/disk:Disk", "type", true],
    ["cloudflare:index/dnsRecord:DnsRecord", "content", false],
    ["cloudflare:index/dnsRecord:DnsRecord", "type", true],
    ["cloudflare:index/dnsRecord:DnsRecord", "zoneId", true],
    ["tls:index/privateKey:PrivateKey", "algorithm", true],
  ])("%s: a changed %s makes another resource: %s", (type, path, expected) => {
    expect(replaces(modelled(read(type), all[type] ?? {}), path, {}, {})).toBe(expected);
  });

  it("a disk that shrinks is another disk, one that grows is not", () => {
    const disk = "gcp:compute/disk:Disk";
    const model = modelled(read(disk), all[disk] ?? {});
    expect(replaces(model, "size", { size: 30 }, { size: 20 })).toBe(true);
    expect(replaces(model, "size", { size: 20 }, { size: 30 })).toBe(false);
  });
});
