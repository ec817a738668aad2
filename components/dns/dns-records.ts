import * as pulumi from "@pulumi/pulumi";
import type { RecordSpec, Zone } from "./zone";

export interface DnsRecordsArgs {
  zone: Zone;
  records: RecordSpec[];
}

/** A set of records in one zone; depending on it waits until the zone has them. */
export class DnsRecords extends pulumi.ComponentResource {
  constructor(name: string, args: DnsRecordsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("snikket:dns:DnsRecords", name, {}, opts);

    for (const record of args.records) args.zone.createRecord(record, { parent: this });

    this.registerOutputs({});
  }
}
