import { parse } from "yaml";
import { exampleDoubts, hostDoubts } from "../../../infra/config.doubts";
import { Host, type HostConfig } from "../../../infra/config.hosts";
import { hostKey } from "../../support/example-stack";
import { examples, parsedWithKey, readExample } from "../../support/examples";
import { sshKey } from "../../support/ssh-keys";
import type { StackFile } from "../../support/stack-file";

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

const existing = (address: string) => parsed({ provider: "existing", address, hostKey });

test.each([
  ...["10.0.0.2", "172.16.0.1", "172.31.255.254", "192.168.178.20"],
  ...["100.64.0.1", "100.127.255.254", "127.0.0.1", "169.254.169.254"],
])("the address %s is let pass with a warning that others do not reach it", (address) => {
  expect(hostDoubts(existing(address))).toEqual([
    expect.stringMatching(`^snikket:host.address is ${address}, which is private: .* public one`),
  ]);
});

test.each(["198.51.100.7", "198.18.0.20", "172.32.0.1", "192.169.0.1", "100.128.0.1", "11.0.0.1"])(
  "the address %s is not doubted",
  (address) => {
    expect(hostDoubts(existing(address))).toEqual([]);
  },
);

describe("what was left as in an example", () => {
  const read = (file: string): StackFile => parse(readExample(file));
  function config(stack: StackFile) {
    const { config, problems } = parsedWithKey(stack);
    expect(problems).toEqual([]);
    return config ?? {};
  }

  /** Choices that may be right as they stand. */
  const choices = ["provider", "region", "zone"];

  test.each(examples)("is named in one sentence, all of %s", (file) => {
    const stack = read(file);
    const host = Object.keys(stack.config["snikket:host"] as object);
    const wanted = host.filter((key) => !choices.includes(key)).map((key) => `host.${key}`);
    const [doubt = "", ...more] = exampleDoubts(config(stack));
    expect(more).toEqual([]);
    expect(doubt).toMatch(
      /^snikket:domain is chat\.example\.org, .*, as in the example: write your own$/,
    );
    const zone = file.startsWith("existing") ? [] : ["dns.zone"];
    expect([...doubt.matchAll(/snikket:(\S+) is /g)].map(([, key]) => key).sort()).toEqual(
      ["domain", "adminEmail", ...wanted, ...zone].sort(),
    );
  });

  test("is not what merely looks like it", () => {
    const stack = read("existing.example.yaml");
    const others = {
      "snikket:domain": "chat.family.example",
      "snikket:adminEmail": "admin@family.example",
      "snikket:host": {
        provider: "existing",
        address: "198.51.100.20",
        hostKey: sshKey().publicKey,
      },
    };
    expect(exampleDoubts(config({ ...stack, config: { ...stack.config, ...others } }))).toEqual([]);
  });
});
