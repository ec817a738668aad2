import { DnsRecord } from "@pulumi/cloudflare/dnsRecord";
import { getDnsRecords } from "@pulumi/cloudflare/getDnsRecords";
import { type GetZoneArgs, getZone } from "@pulumi/cloudflare/getZone";
import * as pulumi from "@pulumi/pulumi";
import { type RecordSpec, recordTtl, type Zone } from "./zone";

/** A zone at Cloudflare by its id, or by its name. */
export type CloudflareZoneArgs = { zoneId: string } | { zone: string };

/** A zone that Cloudflare keeps, as a mere name server: its proxy lets neither chats nor calls through. */
export function cloudflareZone(args: CloudflareZoneArgs): Zone {
  const zoneId = "zoneId" in args ? Promise.resolve(args.zoneId) : idOf(args.zone);
  return {
    createRecord({ name, type, content }, opts) {
      const resource = `${name}-${type}`;
      const fits = new pulumi.ResourceHook(
        `${resource}-fits`,
        async () => refuseUnlessFree(resource, { name, type }, await zoneId),
        { onDryRun: true },
      );
      const comment = "Made by Pulumi, which undoes changes that are made here.";
      return new DnsRecord(
        resource,
        { zoneId, name, type, content, ttl: recordTtl, proxied: false, comment },
        {
          ...opts,
          deleteBeforeReplace: true,
          // What was imported has no parent.
          aliases: [{ parent: pulumi.rootStackResource }],
          hooks: { beforeCreate: [fits] },
        },
      );
    },
  };
}

/** @throws where the zone cannot have the record, or has it already: Cloudflare would then keep both, or say little */
async function refuseUnlessFree(
  resource: string,
  { name, type }: Pick<RecordSpec, "name" | "type">,
  zoneId: string,
): Promise<void> {
  const zone = (await lookUp(zoneId, { zoneId })).name;
  // Without an account, a zone's name is not known.
  if (zone !== undefined && name !== zone && !name.endsWith(`.${zone}`))
    throw new Error(
      `${name} cannot be made: the zone ${zoneId} of snikket:dns is ${zone}, and the name is not in it. Set snikket:dns.zone to the zone of snikket:domain, or correct the domain.`,
    );
  const { results } = await getDnsRecords({ zoneId, name: { exact: name } });
  const [first, ...others] = results.filter(
    (found) => found.type === type || isAlias(type, found.type),
  );
  if (!first) return;
  const all = [first, ...others].map((found) => `${found.type} ${found.content}`).join(", ");
  const rest = others.length ? " and delete the others at dash.cloudflare.com" : "";
  throw new Error(
    `${name} has a record at Cloudflare already: ${all}. If it may be changed, take it over with: npx pulumi import ${recordType} ${resource} ${zoneId}/${first.id}${rest}; then run this again. If it is still needed, choose another domain.`,
  );
}

const recordType = "cloudflare:index/dnsRecord:DnsRecord";

/** An alias stands alone at its name. */
const isAlias = (wanted: string, found: string): boolean =>
  ["A", "AAAA", "CNAME"].includes(found) && [wanted, found].includes("CNAME");

/** Never resolves where the zone is not found: a resource would tell of a failed input with a stack. */
function idOf(name: string): Promise<string> {
  const found = lookUp(name, { filter: { name } });
  return new Promise((resolve) => void found.then(({ zoneId }) => resolve(zoneId)));
}

/** @throws pulumi.RunError in our words */
async function lookUp(zone: string, query: GetZoneArgs) {
  try {
    return await getZone(query);
  } catch (error) {
    const said = (error as Error).message.split("returned an error: ").at(-1)?.trim();
    const failure = new pulumi.RunError(
      `Cloudflare does not show the zone ${zone} of snikket:dns: ${said}. Is that its id or its name, and may the token in cloudflare:apiToken (or CLOUDFLARE_API_TOKEN) edit its DNS? See dash.cloudflare.com/profile/api-tokens.`,
    );
    throw Object.assign(failure, { stack: "" });
  }
}
