/** What the engine and its plugins tell one another, in values of ours. */
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Step } from "./frame";
import { type Change, type Properties, unwrap } from "./model";

type Named = { getUrn(): string };
export const typeOf = (request: Named) => request.getUrn().split("::")[2]?.split("$").at(-1) ?? "";
export const nameOf = (request: Named) => request.getUrn().split("::").slice(3).join("::");
/** With its secret marks. */
export const read = (from: Struct | undefined) => (from?.toJavaScript() ?? {}) as Properties;
export const plain = (from: Struct | undefined) => unwrap(read(from)) as Properties;
export const struct = (properties: Properties) =>
  Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Record<string, JavaScriptValue>);

/** What differs, by path, and which of it makes another resource. */
export function diffResponse(changes: Record<string, Change>, replaces = (_path: string) => false) {
  const paths = Object.keys(changes);
  const roots = (some: string[]) => [...new Set(some.map((path) => path.split(/[.[]/)[0] ?? path))];
  const response = new proto.DiffResponse()
    .setChanges(proto.DiffResponse.DiffChanges[paths.length > 0 ? "DIFF_SOME" : "DIFF_NONE"])
    .setDiffsList(roots(paths))
    .setReplacesList(roots(paths.filter(replaces)))
    .setHasdetaileddiff(true);
  for (const [path, change] of Object.entries(changes)) {
    const kind = change.toUpperCase() as Uppercase<Change>;
    const diff = new proto.PropertyDiff().setInputdiff(true);
    diff.setKind(proto.PropertyDiff.Kind[replaces(path) ? (`${kind}_REPLACE` as const) : kind]);
    response.getDetaileddiffMap().set(path, diff);
  }
  return response;
}

/** An error of something that is there all the same. */
export function halfway(id: string, properties: Struct, reason: string): Error {
  const failed = new proto.ErrorResourceInitFailed().setId(id).setProperties(properties);
  const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(reason);
  const details = failed.setReasonsList([reason]).serializeBinary();
  status.addDetails().pack(details, "pulumirpc.ErrorResourceInitFailed");
  const metadata = new grpc.Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return Object.assign(new Error(reason), { metadata });
}

let client: EngineClient | undefined;

/** Sends the lines of one step in order; the first line opens the connection. */
export function engineLog(
  address: string,
  urn: string,
): { log: Step["log"]; flushed(): Promise<void> } {
  let last = Promise.resolve();
  return {
    log(severity, message, kind) {
      client ??= new EngineClient(address, grpc.credentials.createInsecure());
      const line = new LogRequest().setUrn(urn).setMessage(message);
      line.setSeverity(LogSeverity[severity]).setEphemeral(kind === "status");
      // A line that cannot be shown must not fail the step that wrote it.
      last = last.then(() => new Promise((resolve) => client?.log(line, () => resolve())));
    },
    flushed: () => last,
  };
}
