/** What the `cloudflare` plugin plans. Its declarations do not say what makes another resource. */
import { createHash } from "node:crypto";
import type { Invoke } from "../frame";
import type { Properties, Rules } from "../model";

export const models: Record<string, Rules> = {
  "cloudflare:index/dnsRecord:DnsRecord": { replaces: { "*": false, zoneId: true, type: true } },
};

/** The id of a name is always the same; the name of a bare id is only known where the zone is. */
const zone = (id: string, name: unknown): Properties => ({
  id,
  zoneId: id,
  name,
  status: "active",
  type: "full",
  paused: false,
  nameServers: ["ada.ns.cloudflare.com", "bob.ns.cloudflare.com"],
});

const idOf = (name: unknown) => createHash("md5").update(String(name)).digest("hex");

const getZone: Invoke = ({ zoneId, filter }, { resources }) => {
  const zones = resources().filter(({ type }) => type === "cloudflare:index/zone:Zone");
  const { name } = (filter ?? {}) as { name?: string };
  const found = zones.find(({ id, outputs }) => id === zoneId || outputs.name === name);
  if (found) return zone(found.id, found.outputs.name);
  return { ...zone(String(zoneId ?? idOf(name)), name), filter };
};

const getZones: Invoke = async (args, question) => {
  const found = args.name ? [await getZone({ filter: { name: args.name } }, question)] : [];
  return { ...args, results: found };
};

const getDnsRecords: Invoke = ({ zoneId, name }, { resources }) => ({
  zoneId,
  results: resources()
    .filter((resource) => resource.type === "cloudflare:index/dnsRecord:DnsRecord")
    .map(({ id, outputs }): Properties => ({ ...outputs, id }))
    .filter((record) => record.zoneId === zoneId)
    .filter((record) => !name || record.name === (name as { exact?: string }).exact),
});

export const invokes: Record<string, Invoke> = {
  "cloudflare:index/getZone:getZone": getZone,
  "cloudflare:index/getZones:getZones": getZones,
  "cloudflare:index/getDnsRecords:getDnsRecords": getDnsRecords,
};
