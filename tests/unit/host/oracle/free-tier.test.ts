import { oracleMonthlyCost } from "../../../../components/host/oracle/cost";
import {
  freeTierProblems,
  noUse,
  type OracleUse,
  type OracleWish,
} from "../../../../components/host/oracle/free-tier";

const wish: OracleWish = {
  shape: "VM.Standard.A1.Flex",
  ocpus: 1,
  memoryGb: 6,
  bootVolumeGb: 50,
  dataVolumeGb: 50,
  allowPaid: false,
};
const micro: Partial<OracleWish> = { shape: "VM.Standard.E2.1.Micro" };
const problems = (change: Partial<OracleWish>, others: Partial<OracleUse> = {}) =>
  freeTierProblems({ ...wish, ...change }, { ...noUse, ...others }).map(
    ({ key, message }) => `${key} ${message}`,
  );
const paid = ", or allowPaid: true if it may cost money";

test.each<[string, Partial<OracleWish>, Partial<OracleUse>]>([
  ["the defaults", {}, {}],
  ["all that is free", { ocpus: 2, memoryGb: 12, dataVolumeGb: 150 }, {}],
  ["a second family", {}, { ocpus: 1, memoryGb: 6, volumesGb: 100 }],
  ["a small machine beside large ones", micro, { ocpus: 2, memoryGb: 12, micros: 1 }],
  ["the size that a small machine does not have", { ...micro, ocpus: 4, memoryGb: 24 }, {}],
])("finds nothing wrong with %s", (_, change, others) => {
  expect(problems(change, others)).toEqual([]);
});

test.each<[string, Partial<OracleWish>, Partial<OracleUse>, string]>([
  [
    "one core too much",
    { ocpus: 3 },
    {},
    `ocpus is 3, and 2 OCPUs of A1.Flex are free in a tenancy; set 2 or less${paid}`,
  ],
  [
    "one GB of memory too much",
    { memoryGb: 13 },
    {},
    `memoryGb is 13, and 12 GB of memory of A1.Flex are free in a tenancy; set 12 or less${paid}`,
  ],
  [
    "memory that another machine has",
    {},
    { memoryGb: 8 },
    `memoryGb is 6, and 12 GB of memory of A1.Flex are free in a tenancy, of which other machines have 8; set 4 or less${paid}`,
  ],
  [
    "cores that others have, and more",
    {},
    { ocpus: 4 },
    `ocpus is 1, and 2 OCPUs of A1.Flex are free in a tenancy, of which other machines have 4; terminate one of them, or take another shape${paid}`,
  ],
  [
    "a third small machine",
    micro,
    { micros: 2 },
    `shape is VM.Standard.E2.1.Micro, of which 2 are free in a tenancy, and 2 are there; terminate one of them, or take VM.Standard.A1.Flex${paid}`,
  ],
  [
    "one GB of data too much",
    { dataVolumeGb: 151 },
    {},
    `dataVolumeGb makes 50 GB (boot) and 151 GB (data) 201 GB, and 200 GB of volumes are free in a tenancy; make both together 200 GB or less${paid}`,
  ],
  [
    "a large boot volume",
    { bootVolumeGb: 180 },
    {},
    `bootVolumeGb makes 180 GB (boot) and 50 GB (data) 230 GB, and 200 GB of volumes are free in a tenancy; make both together 200 GB or less${paid}`,
  ],
  [
    "volumes for which others leave no room",
    {},
    { volumesGb: 150 },
    `dataVolumeGb makes 50 GB (boot) and 50 GB (data) 100 GB, and 200 GB of volumes are free in a tenancy, of which other volumes take 150; delete what is not needed (console: Storage, Block volumes and Boot volumes)${paid}`,
  ],
])("finds %s, and says limit, value and remedy", (_, change, others, problem) => {
  expect(problems(change, others)).toEqual([problem]);
});

test("finds everything at once", () => {
  expect(problems({ ocpus: 4, memoryGb: 24, dataVolumeGb: 200 })).toHaveLength(3);
});

test("lets everything be that may cost money", () => {
  const large = { ocpus: 4, memoryGb: 24, dataVolumeGb: 500, allowPaid: true };
  expect(problems(large, { micros: 9, ocpus: 9 })).toEqual([]);
});

const region = "eu-frankfurt-1";
const cost = (change: Partial<OracleWish>, home?: string) =>
  oracleMonthlyCost({ ...wish, ...change, region }, home);

test.each<[string, Partial<OracleWish>, RegExp]>([
  [
    "the defaults",
    {},
    /^0\.00 USD, where eu-frankfurt-1 is the tenancy's home region and all that runs in the tenancy stays/,
  ],
  ["all that is free", { ocpus: 2, memoryGb: 12, dataVolumeGb: 150 }, /^0\.00 USD/],
  ["a small machine", { ...micro, ocpus: 4 }, /^0\.00 USD/],
  // (4 - 2) × 0.01 × 744 + (24 - 12) × 0.0015 × 744
  ["what was free before", { ocpus: 4, memoryGb: 24 }, /^about 28\.27 USD: machine 28\.27, v/],
  // 100 × (0.0255 + 10 × 0.0017)
  [
    "more volume",
    { dataVolumeGb: 250 },
    /^about 4\.25 USD: machine 0\.00, volumes 4\.25, if nothing else in the tenancy uses what is free\./,
  ],
  ["more volume of a small machine", { ...micro, dataVolumeGb: 250 }, /^about 4\.25 USD: mach/],
])("says what %s costs in a month in the home region", (_, change, words) => {
  expect(cost(change, region)).toMatch(words);
});

const nothing = "Nothing is free in eu-frankfurt-1: the tenancy's home region is uk-london-1\\.";
test.each<[string, Partial<OracleWish>, string | undefined, string]>([
  // 0.01 × 744 + 6 × 0.0015 × 744, and 100 × (0.0255 + 10 × 0.0017)
  [
    "the defaults in another region",
    {},
    "uk-london-1",
    `about 18\\.39 USD: machine 14\\.14, volumes 4\\.25, backups not counted\\. ${nothing}`,
  ],
  [
    "a small machine there, which has no price",
    micro,
    "uk-london-1",
    `4\\.25 USD and the price of a VM\\.Standard\\.E2\\.1\\.Micro, backups not counted\\. ${nothing}`,
  ],
  [
    "the defaults where the home region is not known",
    {},
    undefined,
    "about 18\\.39 USD: .* It is less if eu-frankfurt-1 is the tenancy's home region, which could not",
  ],
])("says what %s costs: nothing is taken for free", (_, change, home, words) => {
  expect(cost(change, home)).toMatch(new RegExp(`^${words}`));
});
