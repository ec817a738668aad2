import * as pulumi from "@pulumi/pulumi";
import { getDomain } from "tldts";
import { type RecordSpec, recordTtl, type Zone } from "./zone";

/** A zone that a person keeps: a preview shows the records in their order; the deployment waits, and names what it misses. */
export function manualZone(): Zone {
  let shown: pulumi.Output<unknown> = pulumi.output([]);
  return {
    createRecord(spec) {
      if (!pulumi.runtime.isDryRun()) return;
      shown = pulumi
        .all([spec.content, shown])
        .apply(([content]) => pulumi.log.info(describeRecord({ ...spec, content })));
    },
  };
}

/** A record in one line, by its full name and as registrars' forms want it. */
export function describeRecord({ name, type, content }: RecordSpec & { content: string }): string {
  const target = type === "CNAME" ? `${content}.` : content;
  const relative = relativeName(name);
  return `DNS record needed: ${name} ${type} ${target} (TTL ${recordTtl}; in ${relative.zone} the name is ${relative.name})`;
}

/** A name as the zone of its registered domain has it: `chat`, or `@` for the domain itself. */
export function relativeName(name: string): { zone: string; name: string } {
  const zone = getDomain(name, { allowPrivateDomains: true, validHosts: [] }) ?? name;
  return { zone, name: name === zone ? "@" : name.slice(0, -zone.length - 1) };
}
