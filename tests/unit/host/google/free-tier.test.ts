import { googleMonthlyCost } from "../../../../components/host/google/cost";
import {
  type GoogleWish,
  googleFreeTierProblems,
  googleNetworkProblem,
} from "../../../../components/host/google/free-tier";

const wish: GoogleWish = {
  zone: "us-central1-f",
  machineType: "e2-micro",
  bootDiskGb: 12,
  dataDiskGb: 18,
  networkTier: "STANDARD",
  ipv6: false,
  allowPaid: false,
};
const problems = (change: Partial<GoogleWish>) =>
  googleFreeTierProblems({ ...wish, ...change }).map(({ key, message }) => `${key} ${message}`);
const paid = ", or allowPaid: true if it may cost money";

test.each([
  ["the defaults", {}],
  ["every free region", { zone: "us-west1-a" }],
  ["its last zone", { zone: "us-east1-d" }],
  ["all of the disk in another division", { bootDiskGb: 20, dataDiskGb: 10 }],
])("finds nothing wrong with %s", (_, change) => {
  expect(problems(change)).toEqual([]);
});

test.each<[string, Partial<GoogleWish>, string]>([
  [
    "another machine",
    { machineType: "e2-small" },
    `machineType is e2-small, and Google's only free machine is e2-micro; set that${paid}`,
  ],
  [
    "one GB too much",
    { dataDiskGb: 19 },
    `dataDiskGb makes 12 GB (boot) and 19 GB (data) 31 GB, and 30 GB of standard disk are free; set bootDiskGb: 12 and dataDiskGb: 18${paid}`,
  ],
  [
    "a boot disk that leaves too little",
    { bootDiskGb: 20 },
    `bootDiskGb makes 20 GB (boot) and 18 GB (data) 38 GB, and 30 GB of standard disk are free; set bootDiskGb: 12 and dataDiskGb: 18${paid}`,
  ],
  [
    "a tier with little free traffic",
    { networkTier: "PREMIUM" },
    `networkTier is PREMIUM, of which 1 GB of traffic a month is free (STANDARD: 200 GB); set STANDARD${paid}`,
  ],
  [
    "another region",
    { zone: "europe-west3-a" },
    `zone is europe-west3-a, and Google's free machine is only in us-west1-a, us-west1-b, us-west1-c, us-central1-a, us-central1-b, us-central1-c, us-central1-f, us-east1-b, us-east1-c, us-east1-d; set one of these${paid}`,
  ],
  [
    "a zone that a free region does not have",
    { zone: "us-east1-a" },
    "zone is us-east1-a, which is no zone of us-east1; set one of us-east1-b, us-east1-c, us-east1-d",
  ],
])("names limit, value and remedy of %s", (_, change, problem) => {
  expect(problems(change)).toEqual([problem]);
});

test("names all at once, and nothing where it may cost money", () => {
  const change = { machineType: "n2-standard-2", zone: "asia-east1-a", dataDiskGb: 100 };
  expect(problems(change)).toHaveLength(3);
  expect(problems({ ...change, allowPaid: true })).toEqual([]);
});

test("refuses IPv6 in a tier that has none, paid or not", () => {
  const problem = (ipv6: boolean, networkTier: GoogleWish["networkTier"]) =>
    googleNetworkProblem({ ipv6, networkTier });
  expect(problem(false, "STANDARD")).toBeUndefined();
  expect(problem(true, "PREMIUM")).toBeUndefined();
  expect(problem(true, "STANDARD")).toEqual({
    key: "ipv6",
    message:
      "is true, and Google has IPv6 addresses only in the network tier PREMIUM, not in STANDARD; set ipv6: false, or networkTier: PREMIUM and allowPaid: true",
  });
});

test.each<[string, Partial<GoogleWish>, string]>([
  ["of the defaults", {}, "0.00 USD, where this is the billing account's only e2-micro"],
  ["of more disk", { dataDiskGb: 43 }, "1.00 USD, where"],
  [
    "of a larger machine",
    { machineType: "e2-small" },
    "about 15.88 USD: e2-small 12.23, disks 0.00, IPv4 address 3.65.",
  ],
  [
    "where nothing is free",
    { zone: "europe-west3-a" },
    "about 10.96 USD: e2-micro 6.11, disks 1.20, IPv4 address 3.65. These are the prices of us-central1; europe-west3 has its own. Traffic to the internet is free up to 200 GB.",
  ],
  [
    "where nothing is free, and the price of nothing but disks and address is known",
    { zone: "asia-east1-a", machineType: "n2-standard-2", networkTier: "PREMIUM" },
    "4.85 USD and the price of a n2-standard-2. These are the prices of us-central1; asia-east1 has its own. Traffic to the internet is not counted.",
  ],
  [
    "of a machine whose price is not known",
    { machineType: "n2-standard-2" },
    "3.65 USD and the price of a n2-standard-2.",
  ],
])("tells the monthly cost %s", (_, change, cost) => {
  expect(googleMonthlyCost({ ...wish, ...change })).toContain(cost);
});

test("says that the price of the address is disputed, and what traffic is free", () => {
  expect(googleMonthlyCost(wish)).toMatch(
    /IPv4 address is 3\.65 USD, and reports differ .* look at the first bill\. .* up to 200 GB\.$/,
  );
  expect(googleMonthlyCost({ ...wish, networkTier: "PREMIUM" })).toMatch(/up to 1 GB\.$/);
});
