import { udpServer } from "./servers";

type Record = [type: "A" | "AAAA" | "CNAME" | "NS", content: string];
/** Records by name. A name that is not a key does not exist. */
export type Zone = { [name: string]: Record[] };

const types = { A: 1, NS: 2, CNAME: 5, AAAA: 28 };

/** An authoritative name server of a zone on 127.0.0.1; gives its address with the port. */
export async function dnsServer(zone: Zone): Promise<string> {
  return `127.0.0.1:${await udpServer((packet) => answer(packet, zone))}`;
}

/** What an authoritative server of the zone answers to a query. */
export function answer(query: Buffer, zone: Zone): Buffer {
  const { name, end } = readName(query, 12);
  const type = query.readUInt16BE(end);
  const records = chain(zone, name, type);
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(zone[name] ? 0x8400 : 0x8403, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  const question = query.subarray(12, end + 4);
  return Buffer.concat([
    header,
    question,
    ...records.map(([owner, record]) => encode(owner, record)),
  ]);
}

/** The records of a type, behind a CNAME if that leads there within family.test. */
function chain(zone: Zone, name: string, type: number): [string, Record][] {
  const records = zone[name] ?? [];
  const own = records.filter(([kind]) => types[kind] === type || kind === "CNAME");
  const [, target = ""] = records.find(([kind]) => kind === "CNAME") ?? [];
  const further = target.endsWith(".family.test") ? chain(zone, target, type) : [];
  return [...own.map((record): [string, Record] => [name, record]), ...further];
}

function readName(packet: Buffer, start: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = packet[at] ?? 0; length > 0; length = packet[at] ?? 0) {
    labels.push(packet.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), end: at + 1 };
}

function encodeName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.from([label.length, ...Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.alloc(1)]);
}

function encode(owner: string, [type, content]: Record): Buffer {
  const data = type === "A" || type === "AAAA" ? encodeAddress(content) : encodeName(content);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(types[type], 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(300, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([encodeName(owner), fixed, data]);
}

function encodeAddress(address: string): Buffer {
  if (!address.includes(":")) return Buffer.from(address.split(".").map(Number));
  const [head = "", tail] = address.split("::").map((part) => part.split(":").filter(Boolean));
  const zeros = Array(8 - head.length - (tail?.length ?? 0)).fill("0");
  const groups = [...head, ...zeros, ...(tail ?? [])];
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}
