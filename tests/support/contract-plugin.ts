import { spawn } from "node:child_process";
import { once } from "node:events";
import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { type LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { type PluginName, realPlugin, standIn } from "../../sandbox/stand-ins/install";
import { Missing, type Pair } from "./contract";

export type Properties = Record<string, unknown>;

/** The programs of a plugin and of its stand-in. */
export const pluginPair = (name: PluginName, effects: boolean): Pair<string> => ({
  called: `${name} ${require(`@pulumi/${name}/package.json`).version}`,
  standIn: () => standIn(name, effects),
  real: () =>
    realPlugin(name, process.env.PULUMI_HOME) ??
    new Missing("there is none in PULUMI_HOME or ~/.pulumi"),
});

/** A running resource plugin, spoken to as the engine does. */
export interface Plugin {
  ask<Response>(method: keyof ResourceProviderClient, request: object): Promise<Response>;
  /** What it told the engine: `INFO status text` for a line that is shown and not kept. */
  lines: string[];
  end(): void;
}

interface PluginOptions {
  env?: NodeJS.ProcessEnv;
  /** Variables of the provider, such as `oci:config:region`. */
  config?: Record<string, string>;
}

const insecure = grpc.credentials.createInsecure();
const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };

/** Starts a plugin's program with an engine of the test's own beside it. */
export async function startPlugin(
  program: string,
  { env = process.env, config = {} }: PluginOptions = {},
): Promise<Plugin> {
  const lines: string[] = [];
  const engine = await startEngine(lines);
  const child = spawn(program, [engine.address], { env, stdio: ["pipe", "pipe", "inherit"] });
  const [port] = await once(child.stdout, "data");
  const client = new ResourceProviderClient(
    `127.0.0.1:${String(port).trim()}`,
    insecure,
    unlimited,
  );
  const ask: Plugin["ask"] = (method, request) =>
    new Promise((resolve, reject) => {
      const call = client[method] as unknown as Method;
      call.call(client, request, (error, response) =>
        error ? reject(new Error(error.details)) : resolve(response as never),
      );
    });
  const end = () => {
    client.close();
    child.kill();
    engine.end();
  };
  await ask("configure", configuration(config));
  return { ask, lines, end };
}

type Method = (
  request: object,
  done: (error: grpc.ServiceError | null, response: unknown) => void,
) => void;

function configuration(config: Record<string, string>): proto.ConfigureRequest {
  const request = new proto.ConfigureRequest().setAcceptsecrets(true).setAcceptresources(true);
  for (const [name, value] of Object.entries(config)) request.getVariablesMap().set(name, value);
  const args = Object.entries(config).map(([name, value]) => [name.split(":").at(-1), value]);
  return request.setArgs(struct(Object.fromEntries(args)));
}

async function startEngine(lines: string[]): Promise<{ address: string; end(): void }> {
  const server = new grpc.Server(unlimited);
  const names = Object.entries(LogSeverity);
  server.addService(EngineService as unknown as grpc.ServiceDefinition, {
    log({ request }: { request: LogRequest }, done: grpc.sendUnaryData<Empty>) {
      const severity = names.find(([, value]) => value === request.getSeverity())?.[0];
      const kind = request.getEphemeral() ? "status" : "kept";
      lines.push(`${severity} ${kind} ${request.getMessage()}`);
      done(null, new Empty());
    },
  });
  const port = await new Promise<number>((resolve, reject) => {
    const credentials = grpc.ServerCredentials.createInsecure();
    server.bindAsync("127.0.0.1:0", credentials, (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `127.0.0.1:${port}`, end: () => server.forceShutdown() };
}

/** Without what is undefined, of which the protocol knows nothing. */
const struct = (from: object): Struct =>
  Struct.fromJavaScript(JSON.parse(JSON.stringify(from)) as Record<string, JavaScriptValue>);
const plain = (from: Struct | undefined): Properties => from?.toJavaScript() ?? {};

/** How a changed resource is planned: which inputs changed, and which of them make another resource. */
interface Planned {
  changed: string[];
  replaces: string[];
}

const { ADD_REPLACE, UPDATE_REPLACE, DELETE_REPLACE } = proto.PropertyDiff.Kind;
const replacing: number[] = [ADD_REPLACE, UPDATE_REPLACE, DELETE_REPLACE];

const root = (path: string): string => path.split(/[.[]/)[0] ?? path;

/** One resource of a plugin, with the engine's steps as functions. */
export interface Resource {
  /** What is wrong with the inputs, by property and reason in one text each. */
  failures(inputs: Properties): Promise<string[]>;
  diff(old: Properties, now: Properties): Promise<Planned>;
  /** @param preview only plans @param timeout in seconds; 0 is none */
  create(inputs: Properties, how?: { preview?: boolean; timeout?: number }): Promise<Properties>;
  update(
    state: Properties,
    old: Properties,
    now: Properties,
    preview?: boolean,
  ): Promise<Properties>;
  delete(state: Properties): Promise<unknown>;
}

/** A resource of this type, which is called `it`. */
export function resource(plugin: Plugin, type: string): Resource {
  const { ask } = plugin;
  const urn = `urn:pulumi:stack::project::${type}::it`;
  const id = "it-id";
  return {
    async failures(inputs) {
      const request = new proto.CheckRequest().setUrn(urn).setName("it").setType(type);
      request.setOlds(struct({})).setNews(struct(inputs)).setRandomseed(new Uint8Array(32));
      const answer = await ask<proto.CheckResponse>("check", request);
      return answer.getFailuresList().map((it) => `${it.getProperty()}: ${it.getReason()}`);
    },
    async diff(old, now) {
      const request = new proto.DiffRequest().setUrn(urn).setId(id).setName("it").setType(type);
      request.setOlds(struct(old)).setOldInputs(struct(old)).setNews(struct(now));
      const answer = await ask<proto.DiffResponse>("diff", request);
      const details = answer.getDetaileddiffMap();
      const changed = [...new Set([...answer.getDiffsList(), ...details.keys()].map(root))];
      const replaces = answer.getReplacesList();
      details.forEach((diff, path) => {
        if (replacing.includes(diff.getKind())) replaces.push(path);
      });
      return { changed, replaces: [...new Set(replaces.map(root))] };
    },
    async create(inputs, { preview = false, timeout = 0 } = {}) {
      const request = new proto.CreateRequest().setUrn(urn).setName("it").setType(type);
      request.setProperties(struct(inputs)).setPreview(preview).setTimeout(timeout);
      return plain((await ask<proto.CreateResponse>("create", request)).getProperties());
    },
    async update(state, old, now, preview = false) {
      const request = new proto.UpdateRequest().setUrn(urn).setId(id).setName("it").setType(type);
      request.setOlds(struct(state)).setOldInputs(struct(old)).setNews(struct(now));
      const answer = await ask<proto.UpdateResponse>("update", request.setPreview(preview));
      return plain(answer.getProperties());
    },
    delete(state) {
      const request = new proto.DeleteRequest().setUrn(urn).setId(id).setName("it").setType(type);
      return ask("delete", request.setProperties(struct(state)).setOldInputs(struct(state)));
    },
  };
}
