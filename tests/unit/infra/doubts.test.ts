import { hostDoubts } from "../../../infra/config.doubts";
import { Host, type HostConfig } from "../../../infra/config.hosts";

const oracle = { provider: "oracle", compartmentId: "ocid1.compartment.oc1..aaaaaaaaexample" };
const google = { provider: "google", project: "family-chat-471203", allowPaid: true };
const parsed = (host: object): HostConfig => Host.parse(host);

test.each([
  ["Oracle's", { ...oracle, region: "eu-frankfurt-1" }],
  ["Google's", { ...google, zone: "us-central1-f" }],
])("%s own places are not doubted", (_, host) => {
  expect(hostDoubts(parsed(host))).toEqual([]);
});

test.each([
  ["a region that is new, or none", "region", "eu-atlantis-1", ""],
  ["a region with a slip", "region", "eu-frankfort-1", "; near it: eu-frankfurt-1"],
  [
    "a zone that its region does not have",
    "zone",
    "us-east1-a",
    "; near it: us-east1-b, us-east1-c, us-east1-d",
  ],
  ["a zone with a slip in its region", "zone", "us-esat4-b", "; near it: us-east4-b, us-west4-b"],
  ["a zone in a region that is new, or none", "zone", "mars-north1-a", ""],
])("%s is let pass with a warning that names the near ones", (_, key, place, near) => {
  const host = parsed({ ...(key === "zone" ? google : oracle), [key]: place });
  expect(hostDoubts(host)).toEqual([
    expect.stringContaining(
      `snikket:host.${key} is ${place}, which is not known here: it is new, or misspelt${near}. `,
    ),
  ]);
});
