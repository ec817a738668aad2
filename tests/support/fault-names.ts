import { createSocket } from "node:dgram";
import { once } from "node:events";
import { rmSync, writeFileSync } from "node:fs";
import { chatRecords, type SandboxRecord, setRecords } from "../../sandbox/records";
import { address, domain, inHome } from "../../sandbox/settings";
import { answer, type Zone } from "./dns-server";

/** How a name server of the domain is at the moment: with these records below the domain, or with none to tell. */
export type Manner = Zone | "silent" | "failing";

/** The address of each of the three names. */
export const leadingTo = (ipv4: string): Zone =>
  Object.fromEntries(["", "groups.", "share."].map((label) => [label + domain, [["A", ipv4]]]));

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
    await setRecords(chatRecords());
    socket.close();
  };
}

/** SERVFAIL, with the question. */
function failure(query: Buffer): Buffer {
  const reply = answer(query, {});
  reply.writeUInt16BE(0x8402, 2);
  return reply;
}
