import * as pulumi from "@pulumi/pulumi";
import { describeRecord, relativeName } from "../../../components/dns/manual-zone";
import { snikketRecords } from "../../../components/snikket/records";
import { newestRelease, releaseNames, releases } from "../../../components/snikket/releases";

test.each([
  ["example.org", "example.org", "@"],
  ["chat.example.org", "example.org", "chat"],
  ["groups.chat.example.org", "example.org", "groups.chat"],
  ["chat.example.co.uk", "example.co.uk", "chat"],
  ["share.anna.github.io", "anna.github.io", "share"],
  ["chat.xn--familie-mller-4ob.de", "xn--familie-mller-4ob.de", "chat"],
])("%s is in the zone %s the name %s", (name, zone, relative) => {
  expect(relativeName(name)).toEqual({ zone, name: relative });
});

test("shows a record by its full name and as a registrar's form wants it", () => {
  expect(describeRecord({ name: "chat.example.org", type: "A", content: "198.51.100.7" })).toBe(
    "DNS record needed: chat.example.org A 198.51.100.7 (TTL 300; in example.org the name is chat)",
  );
});

test("ends an alias's target in a dot, or zones would add their own name to it", () => {
  const record = { name: "groups.example.org", type: "CNAME" as const, content: "example.org" };
  expect(describeRecord(record)).toContain("groups.example.org CNAME example.org. (TTL");
});

test("needs groups and share below the full domain, and AAAA only where there is IPv6", () => {
  const ipv4 = pulumi.output("198.51.100.7");
  const names = (host: Parameters<typeof snikketRecords>[1]) =>
    snikketRecords("chat.example.org", host).map(({ name, type }) => `${name} ${type}`);
  expect(names({ ipv4 })).toEqual([
    "chat.example.org A",
    "groups.chat.example.org CNAME",
    "share.chat.example.org CNAME",
  ]);
  expect(names({ ipv4, ipv6: pulumi.output("2001:db8::7") })).toContain("chat.example.org AAAA");
});

test.each(Object.entries(releases))(
  "release %s names four images, each with an own tag",
  (name, release) => {
    expect(name).toMatch(/^\d{4}-\d{2}$/);
    expect(release).toEqual({
      server: expect.stringMatching(
        /^snikket\/snikket-server:stable\.\d{8}(@sha256:[0-9a-f]{64})?$/,
      ),
      portal: expect.stringMatching(
        /^snikket\/snikket-web-portal:stable\.\d{8}(@sha256:[0-9a-f]{64})?$/,
      ),
      proxy: expect.stringMatching(
        /^snikket\/snikket-web-proxy:stable\.\d{8}(@sha256:[0-9a-f]{64})?$/,
      ),
      certs: expect.stringMatching(
        /^snikket\/snikket-cert-manager:stable\.\d{8}(@sha256:[0-9a-f]{64})?$/,
      ),
    });
  },
);

test("the newest release is the last, and they stand in their order", () => {
  expect([...releaseNames].sort()).toEqual(releaseNames);
  expect(newestRelease).toBe(releaseNames.at(-1));
});
