/**
 * One resource provider server for all stand-ins. The SDK's own is not used: it drops the provider's configuration and
 * cannot say which property changed how.
 */
import { randomBytes } from "node:crypto";
import * as grpc from "@grpc/grpc-js";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Effects, Plugin } from "./frame";
import { failing, keyOf } from "./kept";
import { diffResponse, engineLog, halfway, nameOf, plain, read, struct, typeOf } from "./messages";
import type { Model, Properties } from "./model";
import {
  asGiven,
  check,
  differences,
  foreseen,
  mapValues,
  marked,
  modelled,
  replaces,
  unwrap,
} from "./model";
import { resources } from "./store";

interface Context {
  plugin: Plugin;
  engine: string;
  config: Properties;
  cancelled: AbortController;
}

/** Serves until the engine ends; prints the port, as the engine expects of a plugin. */
export function serve(plugin: Plugin): void {
  const engine = process.argv.at(-1) ?? "";
  const context = { plugin, engine, config: {}, cancelled: new AbortController() };
  const unlimited = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
  const server = new grpc.Server(unlimited);
  server.addService(ResourceProviderService, implementation(context));
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log(port);
  });
  // The engine holds our standard input: its end is the only sign of an engine that was killed.
  process.stdin.resume().on("end", () => process.exit());
}

/** The engine's calls. Those left out are answered with UNIMPLEMENTED, which it understands. */
const calls = {
  getPluginInfo: ({ plugin }: Context) => new PluginInfo().setVersion(plugin.version),
  configure(context: Context, request: proto.ConfigureRequest) {
    context.config = Object.fromEntries(request.getVariablesMap().toArray());
    return new proto.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
  },
  checkConfig: (_: Context, request: proto.CheckRequest) =>
    new proto.CheckResponse().setInputs(request.getNews()),
  diffConfig: (_: Context, request: proto.DiffRequest) =>
    diffResponse(differences(plain(request.getOldInputs()), plain(request.getNews()))),
  async invoke({ plugin, config }: Context, request: proto.InvokeRequest) {
    const token = request.getTok();
    const answer = plugin.invokes?.[token];
    if (!answer) throw new Error(`${token}: the ${plugin.name} stand-in does not know it`);
    const problem = failing(`read ${token} with ${keyOf({ config })}`);
    if (problem) throw new Error(problem);
    const question = { config, resources: () => resources(plugin.name) };
    const told = failing(`told by ${token}`);
    const answered = told ? JSON.parse(told) : await answer(plain(request.getArgs()), question);
    return new proto.InvokeResponse().setReturn(struct(answered));
  },
  check({ plugin }: Context, request: proto.CheckRequest) {
    const model = modelOf(plugin, request);
    const inputs = read(request.getNews());
    const failures = check(model, plain(request.getNews())).map(({ property, reason }) =>
      new proto.CheckFailure().setProperty(property).setReason(reason),
    );
    const response = new proto.CheckResponse().setFailuresList(failures);
    return response.setInputs(struct(marked(model, inputs, inputs)));
  },
  diff({ plugin }: Context, request: proto.DiffRequest) {
    const [old, now] = [plain(request.getOldInputs()), plain(request.getNews())];
    // Without effects this is a plan, whose old secrets may be masked.
    const changes = differences(old, now, !plugin.effects);
    const model = modelOf(plugin, request);
    return diffResponse(changes, (path) => replaces(model, path, old, now));
  },
  async create(context: Context, request: proto.CreateRequest) {
    const inputs = read(request.getProperties());
    const model = modelOf(context.plugin, request);
    const response = new proto.CreateResponse();
    if (request.getPreview()) {
      return response.setProperties(struct(marked(model, inputs, foreseen(model, inputs))));
    }
    const unique = `${nameOf(request)}${randomBytes(4).toString("hex")}`;
    const made = await perform(context, "create", request, inputs, {});
    const { id = unique, halfMade, ...outputs } = { ...inputs, ...made };
    const properties = struct(marked(model, inputs, outputs));
    if (halfMade) throw halfway(String(id), properties, String(halfMade));
    return response.setId(String(id)).setProperties(properties);
  },
  async update(context: Context, request: proto.UpdateRequest) {
    const [inputs, state] = [read(request.getNews()), read(request.getOlds())];
    const model = modelOf(context.plugin, request);
    const outputs = request.getPreview()
      ? foreseen(model, inputs, state)
      : { ...inputs, ...(await perform(context, "update", request, inputs, state)) };
    return new proto.UpdateResponse().setProperties(struct(marked(model, inputs, outputs)));
  },
  async delete(context: Context, request: proto.DeleteRequest) {
    const state = read(request.getProperties());
    await perform(context, "delete", request, state, state);
    return new Empty();
  },
  async read(context: Context, request: proto.ReadRequest) {
    const response = new proto.ReadResponse().setId(request.getId());
    const { plugin } = context;
    const model = modelOf(plugin, request);
    const looks = plugin.effects?.[typeOf(request)]?.read !== undefined;
    const [inputs, state] = [read(request.getInputs()), read(request.getProperties())];
    const isNew = Object.keys(state).length === 0; // an import, or the SDK's `get`
    if (!looks && !isNew)
      return response.setProperties(request.getProperties()).setInputs(request.getInputs());
    const found = looks
      ? await perform(context, "read", request, inputs, state)
      : resources(plugin.name).find(({ id }) => id === request.getId())?.outputs;
    if (!found) return response.setId(""); // it is gone
    const imported = Object.fromEntries(model.inputs.map((name) => [name, found[name]]));
    const now = isNew ? imported : asGiven(unwrap(inputs), found);
    // What is imported may be named by more than its id.
    return response
      .setId(String(found.id ?? request.getId()))
      .setProperties(struct(marked(model, inputs, found)))
      .setInputs(struct(marked(model, inputs, now as Properties)));
  },
  cancel({ cancelled }: Context) {
    cancelled.abort();
    return new Empty();
  },
};

function implementation(context: Context): grpc.UntypedServiceImplementation {
  const answering =
    (answer: (context: Context, request: never) => unknown) =>
    async (call: { request: never }, done: grpc.sendUnaryData<unknown>) => {
      try {
        done(null, await answer(context, call.request));
      } catch (error) {
        const { message: details } = error as Error;
        done(Object.assign(error as Error, { code: grpc.status.UNKNOWN, details }));
      }
    };
  return mapValues(calls, (call) => answering(call as never) as never);
}

type Request = proto.CreateRequest | proto.UpdateRequest | proto.DeleteRequest | proto.ReadRequest;

async function perform(
  { plugin, engine, config, cancelled: { signal } }: Context,
  verb: keyof Effects,
  request: Request,
  inputs: Properties,
  state: Properties,
): Promise<Properties | undefined> {
  const effects = plugin.effects?.[typeOf(request)];
  if (!effects) throw new Error("only plans can be made here; nothing was changed");
  const timeout = request.getTimeout() * 1000;
  const { log, flushed } = engineLog(engine, request.getUrn());
  const done = effects[verb]?.({
    name: nameOf(request),
    type: typeOf(request),
    id: "getId" in request ? request.getId() : "",
    inputs: unwrap(inputs) as Properties,
    state: unwrap(state) as Properties,
    config,
    signal: timeout > 0 ? limited(signal, timeout) : signal,
    log,
  });
  return (await done?.finally(flushed)) as Properties | undefined;
}

/** Ends after this time, too. Not `AbortSignal.any`: Node.js 20 may forget its parts before they end. */
function limited(signal: AbortSignal, milliseconds: number): AbortSignal {
  const limit = new AbortController();
  setTimeout(() => limit.abort(new DOMException("", "TimeoutError")), milliseconds).unref();
  signal.addEventListener("abort", () => limit.abort(signal.reason));
  return limit.signal;
}

function modelOf({ name, models, declarations }: Plugin, request: { getUrn(): string }): Model {
  const type = typeOf(request);
  const [declared, rules] = [declarations[type], models[type]];
  if (!rules) throw new Error(`${type}: the ${name} stand-in has no such type`);
  return modelled(declared ?? { inputs: [], computed: [] }, rules);
}
