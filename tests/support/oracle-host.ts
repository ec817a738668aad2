import type { OracleHostArgs } from "../../components/host/oracle/oracle-host";
import { type Change, keysAreMade, type MadeHosts, makeHosts, usual } from "./hosts";

export const compartmentId = "ocid1.compartment.oc1..family";
export const tenancyId = "ocid1.tenancy.oc1..all";
export const args: OracleHostArgs = {
  ...usual,
  region: "eu-frankfurt-1",
  compartmentId,
  shape: "VM.Standard.A1.Flex",
  ocpus: 1,
  memoryGb: 6,
  bootVolumeGb: 50,
  dataVolumeGb: 60,
};

/** What there is in the cloud beforehand, by the name of the list that shows it. */
export interface Before {
  room?: Record<string, string>;
  instances?: object[];
  volumes?: object[];
  /** Newest first; two where nothing is said. */
  images?: object[];
  /** Whether the credentials may list compartments, and see the tenancy's regions. */
  mayList?: boolean;
}

const cloud = ({ room = {}, instances = [], volumes = [], images, mayList = true }: Before) => ({
  made: {
    ...keysAreMade,
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
    "oci:Identity/getRegionSubscriptions:getRegionSubscriptions": (asked: {
      tenancyId: string;
    }) => {
      if (!mayList || asked.tenancyId !== tenancyId) throw new Error("404-NotAuthorizedOrNotFound");
      const regions = ["us-ashburn-1", args.region];
      return {
        regionSubscriptions: regions.map((regionName) => ({
          regionName,
          isHomeRegion: regionName === args.region,
        })),
      };
    },
    "oci:Core/getInstances:getInstances": (asked: object) => ({
      instances: fitting(instances, asked),
    }),
    "oci:Core/getVolumes:getVolumes": (asked: object) => ({ volumes: fitting(volumes, asked) }),
    "oci:Core/getBootVolumes:getBootVolumes": () => ({ bootVolumes: [] }),
    "oci:Core/getImages:getImages": (asked: { operatingSystemVersion: string; shape: string }) => ({
      images: images ?? [
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

function create(name: string, args: OracleHostArgs) {
  const { OracleHost } =
    require("../../components/host/oracle/oracle-host") as typeof import("../../components/host/oracle/oracle-host");
  return new OracleHost(name, args);
}

/** Makes a host in Oracle Cloud, and others in the same compartment. */
export const makeOracle = (
  others?: Record<string, Partial<OracleHostArgs>>,
  before: Before = { room: { "AD-2": "AVAILABLE", "AD-3": "AVAILABLE" } },
  change?: Partial<OracleHostArgs>,
): Promise<MadeHosts> => makeHosts({ create, args, cloud: cloud(before) }, change, others);

/** What the engine tells a hook before a machine is made. */
export const machineIsMade: Change = { newInputs: { shape: args.shape } };
