/** What the `cloudflare` plugin plans. Its declarations do not say what makes another resource. */
import { createHash } from "node:crypto";
import type { Invoke } from "../frame";
import type { Rules } from "../model";
import { every, type Named } from "../store";

export const models: Record<string, Rules> = {
  "cloudflare:index/dnsRecord:DnsRecord": { replaces: { "*": false, zoneId: true, type: true } },
};

/** The id of a name is always the same; the name of a bare id is only known where the zone is. */
const getZone: Invoke = ({ zoneId, filter }, { resources }) => {
  const { name } = (filter ?? {}) as { name?: string };
  const known = every(resources(), "Zone").find((zone) => zone.id === zoneId || zone.name === name);
  const id = known?.id ?? zoneId ?? createHash("md5").update(`${name}`).digest("hex");
  return { id, zoneId: id, name: known?.name ?? name, filter };
};

const getDnsRecords: Invoke = ({ zoneId, name }, { resources }) => {
  const { exact } = (name ?? {}) as { exact?: string };
  const fits = (record: Named) => record.zoneId === zoneId && (!exact || record.name === exact);
  return { zoneId, results: every(resources(), "DnsRecord").filter(fits) };
};

export const invokes: Record<string, Invoke> = {
  "cloudflare:index/getZone:getZone": getZone,
  "cloudflare:index/getDnsRecords:getDnsRecords": getDnsRecords,
};
