import type * as pulumi from "@pulumi/pulumi";

/** One DNS record. */
export interface RecordSpec {
  /** The full name, without a trailing dot. */
  name: string;
  type: "A" | "AAAA" | "CNAME";
  /** An address, or a full name without a trailing dot. */
  content: pulumi.Input<string>;
}

/** How long resolvers may remember a record, in seconds: short, so that a move is over soon. */
export const recordTtl = 300;

/** Who keeps the DNS records of a domain. */
export interface Zone {
  /** Sees to it that there is such a record, by a resource where the zone can make it. */
  createRecord(spec: RecordSpec, opts: pulumi.CustomResourceOptions): void;
}
