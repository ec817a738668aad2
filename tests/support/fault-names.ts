import { createSocket } from "node:dgram";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { chatRecords, type SandboxRecord, setRecords } from "../../sandbox/records";
import { address, domain, inHome, zone } from "../../sandbox/settings";
import { answer, type Zone } from "./dns-server";
import { inConsoles } from "./e2e-cloud";
import { type Fault, newSetting } from "./fault";
import { isInCloud, victimAddress } from "./fault-victim";

/** How a name server of the domain is at the moment: with these records below the domain, or with none to tell. */
export type Manner = Zone | "silent" | "failing";

/** The address of each of the three names. */
export const leadingTo = (ipv4: string): Zone =>
  Object.fromEntries(["", "groups.", "share."].map((label) => [label + domain, [["A", ipv4]]]));

/** The zone's own, as whoever keeps it has them. */
const ownRecords = (): SandboxRecord[] =>
  isInCloud()
    ? inConsoles()
        .filter(({ type }) => type.includes("DnsRecord"))
        .map(
          ({ outputs: { name, type, content } }) =>
            ({ name, type, value: content }) as SandboxRecord,
        )
    : chatRecords();

/**
 * Leaves the domain to another name server, whose manner may change from query to query; everybody in the sandbox asks it.
 * @param seconds how long it takes to answer
 * @param beside records of the zone above it
 * @returns takes it away again
 */
export async function nameServer(
  manner: () => Manner,
  { seconds = 0, beside = [] as SandboxRecord[] } = {},
): Promise<() => Promise<void>> {
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => {
    const now = manner();
    if (now === "silent") return;
    const reply = now === "failing" ? failure(query) : answer(query, now);
    const later = setTimeout(() => socket.send(reply, port, address), seconds * 1000);
    socket.once("close", () => clearTimeout(later));
  });
  socket.setMaxListeners(0).bind(0, address("operator"));
  await once(socket, "listening");
  const file = inHome("records", "fault.conf");
  const server = `${address("operator")}#${socket.address().port}`;
  // Nothing is remembered, so that each answer counts.
  writeFileSync(file, `server=/${domain}/${server}\ncache-size=0\n`);
  await setRecords(beside);
  return async () => {
    rmSync(file);
    await setRecords(ownRecords());
    socket.close();
  };
}

/** SERVFAIL, with the question. */
function failure(query: Buffer): Buffer {
  const reply = answer(query, {});
  reply.writeUInt16BE(0x8402, 2);
  return reply;
}

const elsewhere = address("peer");

/** What the zone should have, as it is told. */
const remedy = `put this into the zone, then run \`pulumi up\` again:`;

/** As the machine's own programs see them. */
const onMachine = (seen: string) =>
  new RegExp(`ERROR: On the machine, ${domain} is ${seen}, not [\\d.]+\\.\\s+.*Correct the record`);

/** From the end of the gate on, another manner. */
const afterGate =
  (manner: Manner): Fault["cause"] =>
  async (broken) => {
    let now: Manner = leadingTo(victimAddress());
    const back = await nameServer(() => now);
    expect(await broken().says(/snikket-named updated/)).toBe(true);
    now = manner;
    return back;
  };

/** What name servers do. */
export const ofNames = {
  silent: {
    name: "the name server stays silent",
    cause: () => nameServer(() => "silent"),
    change: newSetting,
    says: /waiting up to \d+ s more for dns: no name server answers[\s\S]*FAILED +dns +no name server answers: \S+ \(ETIMEOUT\)\s+.*-> they may be down, or your network/,
    within: 100,
  },
  changing: {
    name: "the name server is silent, fails, leads elsewhere, then has records too high",
    async cause(broken) {
      let manner: Manner = "silent";
      const beside = [{ name: `groups.${zone}`, type: "A", value: victimAddress() } as const];
      const back = await nameServer(() => manner, { beside });
      expect(await broken().says(/no name server answers: \S+ \(ETIMEOUT\)/)).toBe(true);
      manner = "failing";
      expect(await broken().says(/no name server answers: \S+ \(ESERVFAIL\)/)).toBe(true);
      manner = leadingTo(elsewhere);
      expect(await broken().says(/gives \S+, which is not this machine/)).toBe(true);
      manner = { [domain]: [["A", victimAddress()]] };
      return back;
    },
    change: newSetting,
    says: new RegExp(`that is the wrong level; .*\\s+.*-> ${remedy}\\s+.*groups.${domain}. CNAME`),
    within: 90,
  },
  changedAfterGate: {
    name: "the records change after the gate",
    cause: afterGate(leadingTo(elsewhere)),
    change: newSetting,
    says: onMachine(elsewhere),
    within: 100,
  },
  silentAfterGate: {
    name: "the name server falls silent after the gate",
    cause: afterGate("silent"),
    change: newSetting,
    says: onMachine("unknown"),
    within: 120,
  },
  slow: {
    name: "the name server takes three seconds",
    cause: () => nameServer(() => leadingTo(victimAddress()), { seconds: 3 }),
    change: newSetting,
    within: 60,
  },
} satisfies Record<string, Fault>;
