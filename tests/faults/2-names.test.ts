import { address, domain, zone } from "../../sandbox/settings";
import { bringUp } from "../support/e2e";
import { fault, faultsInTurn, newSetting } from "../support/fault";
import { leadingTo, type Manner, nameServer } from "../support/fault-names";

beforeAll(() => bringUp({ settings: "any" }));

const machineIp = address("machine");
const elsewhere = address("peer");

/** What the zone should have, as it is told. */
const remedy = `put this into the zone, then run \`pulumi up\` again:`;

faultsInTurn("names", [
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
    change: newSetting(),
    says: new RegExp(`that is the wrong level; .*\\s+.*-> ${remedy}\\s+.*groups.${domain}. CNAME`),
    within: 90,
  },
  {
    name: "the records change after the gate",
    async cause(broken) {
      let ipv4 = machineIp;
      const back = await nameServer(() => leadingTo(ipv4));
      expect(await broken().says(/snikket-named updated/)).toBe(true);
      ipv4 = elsewhere;
      return back;
    },
    says: new RegExp(`ERROR: On the machine, ${domain} is ${elsewhere}, not ${machineIp}`),
    within: 100,
  },
]);

fault({
  name: "the name server takes three seconds",
  cause: () => nameServer(() => leadingTo(machineIp), { seconds: 3 }),
  change: newSetting(),
  within: 60,
});
