import { address, domain, zone } from "../../sandbox/settings";
import { bringUp } from "../support/e2e";
import { type Fault, fault, faultsInTurn, newSetting } from "../support/fault";
import { leadingTo, type Manner, nameServer } from "../support/fault-names";

beforeAll(() => bringUp({ settings: "any" }));

const machineIp = address("machine");
const elsewhere = address("peer");

/** What the zone should have, as it is told. */
const remedy = `put this into the zone, then run \`pulumi up\` again:`;

/** As the machine's own programs see them. */
const onMachine = (seen: string) =>
  new RegExp(
    `ERROR: On the machine, ${domain} is ${seen}, not ${machineIp}\\.\\s+.*Correct the record`,
  );

/** From the end of the gate on, another manner. */
const afterGate =
  (manner: Manner): Fault["cause"] =>
  async (broken) => {
    let now: Manner = leadingTo(machineIp);
    const back = await nameServer(() => now);
    expect(await broken().says(/snikket-named updated/)).toBe(true);
    now = manner;
    return back;
  };

faultsInTurn("names", [
  {
    name: "the name server stays silent",
    cause: () => nameServer(() => "silent"),
    change: newSetting(),
    says: /waiting up to \d+ s more for dns: no name server answers[\s\S]*FAILED +dns +no name server answers: \S+ \(ETIMEOUT\)\s+.*-> they may be down, or your network/,
    within: 100,
  },
  {
    name: "the name server is silent, fails, leads elsewhere, then has records too high",
    async cause(broken) {
      let manner: Manner = "silent";
      const beside = [{ name: `groups.${zone}`, type: "A", value: machineIp } as const];
      const back = await nameServer(() => manner, { beside });
      expect(await broken().says(/no name server answers: \S+ \(ETIMEOUT\)/)).toBe(true);
      manner = "failing";
      expect(await broken().says(/no name server answers: \S+ \(ESERVFAIL\)/)).toBe(true);
      manner = leadingTo(elsewhere);
      expect(await broken().says(/gives \S+, which is not this machine/)).toBe(true);
      manner = { [domain]: [["A", machineIp]] };
      return back;
    },
    says: new RegExp(`that is the wrong level; .*\\s+.*-> ${remedy}\\s+.*groups.${domain}. CNAME`),
    within: 90,
  },
  {
    name: "the records change after the gate",
    cause: afterGate(leadingTo(elsewhere)),
    says: onMachine(elsewhere),
    within: 100,
  },
  {
    name: "the name server falls silent after the gate",
    cause: afterGate("silent"),
    // The gate was passed by the one before.
    change: newSetting(),
    says: onMachine("unknown"),
    within: 120,
  },
]);

fault({
  name: "the name server takes three seconds",
  cause: () => nameServer(() => leadingTo(machineIp), { seconds: 3 }),
  change: newSetting(),
  within: 60,
});
