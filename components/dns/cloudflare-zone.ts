import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
import { getDnsRecords } from "@pulumi/cloudflare/getDnsRecords";
import { getZone } from "@pulumi/cloudflare/getZone";
import * as pulumi from "@pulumi/pulumi";
import { inOurWords, refusing, saidIn } from "../answer";
import { importCommand } from "../import";
import { type RecordSpec, recordTtl, type Zone } from "./zone";

/** A zone at Cloudflare by its id, or by its name. */
export type CloudflareZoneArgs = { zoneId: string } | { zone: string };

/** A zone that Cloudflare keeps, as a mere name server: its proxy lets neither chats nor calls through. */
export function cloudflareZone(args: CloudflareZoneArgs): Zone {
  let found: ReturnType<typeof lookUp> | undefined;
  const zone = () => {
    found ??= lookUp(args);
    return found;
  };
  const zoneId = "zoneId" in args ? Promise.resolve(args.zoneId) : idOf(zone());
  return {
    createRecord(spec, opts) {
      const fits = refusing(`${resourceName(spec)}-fits`, {
        whether: `${spec.name} has a record at Cloudflare already`,
        look: async () => problemOf(spec, await zone()),
      });
      makeRecord(spec, zoneId, { ...opts, hooks: { beforeCreate: [fits] } });
    },
  };
}

type Named = Pick<RecordSpec, "name" | "type">;

const resourceName = ({ name, type }: Named): string => `${name}-${type}`;

const comment = "Made by Pulumi, which undoes changes that are made here.";

function makeRecord(
  spec: RecordSpec,
  zoneId: Promise<string>,
  opts: pulumi.CustomResourceOptions,
): void {
  new DnsRecord(
    resourceName(spec),
    { zoneId, ...spec, ttl: recordTtl, proxied: false, comment },
    {
      ...opts,
      deleteBeforeReplace: true,
      // What was imported has no parent.
      aliases: [{ parent: pulumi.rootStackResource }],
    },
  );
}

/** Why the zone cannot have the record, or that it has it already: Cloudflare would then keep both, or say little. */
async function problemOf(
  { name, type }: Named,
  { zoneId, name: zone }: { zoneId: string; name?: string },
): Promise<string | undefined> {
  // Without an account, a zone's name is not known.
  if (zone !== undefined && name !== zone && !name.endsWith(`.${zone}`))
    return `${name} cannot be made: the zone ${zoneId} of snikket:dns is ${zone}, and the name is not in it. Set snikket:dns.zone to the zone of snikket:domain, or correct the domain.`;
  const { results } = await shown(zoneId, getDnsRecords({ zoneId, name: { exact: name } }));
  const [first, ...others] = results.filter(
    (found) => found.type === type || isAlias(type, found.type),
  );
  if (!first) return undefined;
  const all = [first, ...others].map((found) => `${found.type} ${found.content}`).join(", ");
  const rest = others.length ? " and delete the others at dash.cloudflare.com" : "";
  const record = {
    type: recordType,
    name: resourceName({ name, type }),
    id: `${zoneId}/${first.id}`,
  };
  const command = importCommand(record);
  return `${name} has a record at Cloudflare already: ${all}. If it may be changed, take it over with: ${command}${rest}; then run this again. If it is still needed, choose another domain.`;
}

const recordType = "cloudflare:index/dnsRecord:DnsRecord";

/** An alias stands alone at its name. */
const isAlias = (wanted: string, found: string): boolean =>
  ["A", "AAAA", "CNAME"].includes(found) && [wanted, found].includes("CNAME");

/** Never resolves where the zone is not found: a resource would tell of a failed input with a stack. */
const idOf = (found: ReturnType<typeof lookUp>): Promise<string> =>
  new Promise((resolve) => void found.then(({ zoneId }) => resolve(zoneId)));

const lookUp = (args: CloudflareZoneArgs) =>
  "zoneId" in args
    ? shown(args.zoneId, getZone(args))
    : shown(args.zone, getZone({ filter: { name: args.zone } }));

/** @throws pulumi.RunError in our words */
const shown = <T>(zone: string, answer: Promise<T>): Promise<T> =>
  answer.catch((error) => {
    throw inOurWords(
      `Cloudflare does not show the zone ${zone} of snikket:dns: ${saidIn(error)}. Is that its id or its name, and may the token in cloudflare:apiToken (or CLOUDFLARE_API_TOKEN) edit its DNS? See dash.cloudflare.com/profile/api-tokens.`,
    );
  });
