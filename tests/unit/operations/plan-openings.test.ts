import { googleOpening, oracleOpening } from "../../../operations/plan/openings";

test.each([
  [{ protocol: "6", tcpOptions: { destinationPortRange: { min: 443, max: 443 } } }, "tcp 443"],
  [
    { protocol: "17", udpOptions: { destinationPortRange: { min: 49152, max: 49195 } } },
    "udp 49152-49195",
  ],
  [{ protocol: "1", icmpOptions: { type: 3, code: 4 } }, "icmp"],
  [{ protocol: "all" }, "all"],
])("a rule at Oracle opens %j", (inputs, expected) => {
  expect(oracleOpening(inputs)).toBe(expected);
});

test("a rule at Google opens all that it names", () => {
  const allows = [{ protocol: "tcp", ports: ["80", "5349-5350"] }, { protocol: "icmp" }];
  expect(googleOpening({ allows })).toBe("tcp 80 5349-5350, icmp");
  expect(googleOpening({})).toBe("");
});
