import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import { installStandIns } from "../../../sandbox/stand-ins/install";
import { UNKNOWN } from "../../../sandbox/stand-ins/model";

const home = mkdtempSync(path.join(tmpdir(), "frame-"));
const plugin = path.join(home, "plugins/resource-oci-v4.20.0/pulumi-resource-oci");
const urn = "urn:pulumi:s::p::snikket:host:OracleHost$oci:Core/instance:Instance::vm";
const inputs = { compartmentId: "c", availabilityDomain: "a" };
const struct = (from: object) => Struct.fromJavaScript(from as Record<string, JavaScriptValue>);

let server: ChildProcess;
let client: ResourceProviderClient;

type Method = (request: object, done: (error: Error | null, response: never) => void) => void;

/** Asks the running plugin. */
const ask = <Response>(method: keyof ResourceProviderClient, request: object) =>
  new Promise<Response>((resolve, reject) => {
    const call = client[method] as unknown as Method;
    call.call(client, request, (error, response) => (error ? reject(error) : resolve(response)));
  });

const install = () => installStandIns(home, { effects: false, only: ["oci"] });

beforeAll(async () => {
  await install();
  server = spawn(plugin, ["127.0.0.1:1"], { env: { ...process.env, PULUMI_HOME: home } });
  const [port] = await once(server.stdout as NodeJS.ReadableStream, "data");
  const insecure = grpc.credentials.createInsecure();
  client = new ResourceProviderClient(`127.0.0.1:${String(port).trim()}`, insecure);
  const configure = new proto.ConfigureRequest();
  configure.getVariablesMap().set("oci:config:region", "eu-zurich-1");
  await ask("configure", configure);
});
afterAll(() => {
  client.close();
  server.kill();
  rmSync(home, { recursive: true });
});

describe("a model-only stand-in", () => {
  it("says exactly what changed, and what of it replaces", async () => {
    const before = { ...inputs, displayName: "a", createVnicDetails: { subnetId: "a" } };
    const after = { ...inputs, displayName: "b", createVnicDetails: { subnetId: UNKNOWN } };
    const request = new proto.DiffRequest().setUrn(urn);
    request.setOldInputs(struct(before)).setNews(struct(after));
    const diff = await ask<proto.DiffResponse>("diff", request);
    const kind = (of: string) => diff.getDetaileddiffMap().get(of)?.getKind();
    const { Kind } = proto.PropertyDiff;
    expect(diff.getReplacesList()).toEqual(["createVnicDetails"]);
    expect(kind("createVnicDetails.subnetId")).toBe(Kind.UPDATE_REPLACE);
    expect(kind("displayName")).toBe(Kind.UPDATE);
    expect(diff.getDetaileddiffMap().getLength()).toBe(2);
  });

  it("refuses what the SDK does not know or misses", async () => {
    const request = new proto.CheckRequest().setUrn(urn);
    request.setNews(struct({ compartmentId: "c", shap: "x" }));
    const failures = (await ask<proto.CheckResponse>("check", request)).getFailuresList();
    expect(failures.map((failure) => failure.getProperty())).toEqual([
      "shap",
      "availabilityDomain",
    ]);
  });

  it("plans a new resource, and makes none", async () => {
    const request = new proto.CreateRequest().setUrn(urn).setProperties(struct(inputs));
    const planned = await ask<proto.CreateResponse>("create", request.setPreview(true));
    expect(planned.getProperties()?.toJavaScript()).toMatchObject({
      ...inputs,
      bootVolumeId: UNKNOWN,
    });
    await expect(ask("create", request.setPreview(false))).rejects.toThrow("only plans");
  });

  it("answers functions in the provider's region, and names one that it does not know", async () => {
    const token = "oci:Identity/getAvailabilityDomains:getAvailabilityDomains";
    const request = new proto.InvokeRequest().setTok(token).setArgs(struct({}));
    const answer = await ask<proto.InvokeResponse>("invoke", request);
    expect(JSON.stringify(answer.getReturn()?.toJavaScript())).toContain("Uocm:EU-ZURICH-1-AD-3");
    await expect(ask("invoke", request.setTok("oci:x:y"))).rejects.toThrow("oci:x:y");
  });

  it("accepts an explicit provider, and replaces nothing when its region changes", async () => {
    const news = struct({ region: "a" });
    const check = await ask<proto.CheckResponse>(
      "checkConfig",
      new proto.CheckRequest().setNews(news),
    );
    expect(check.getInputs()?.toJavaScript()).toEqual({ region: "a" });
    const request = new proto.DiffRequest().setOldInputs(struct({ region: "b" })).setNews(news);
    const diff = await ask<proto.DiffResponse>("diffConfig", request);
    expect([diff.getDiffsList(), diff.getReplacesList()]).toEqual([["region"], []]);
  });

  it("finds what it was told of, and nothing else", async () => {
    const known = {
      type: "oci:Core/instance:Instance",
      id: "i",
      inputs,
      outputs: { ...inputs, shape: "s" },
    };
    writeFileSync(path.join(home, "known-resources.json"), JSON.stringify([known]));
    const request = new proto.ReadRequest().setUrn(urn).setId("i");
    const found = await ask<proto.ReadResponse>("read", request);
    expect(found.getProperties()?.toJavaScript()).toEqual({ ...inputs, shape: "s" });
    expect((await ask<proto.ReadResponse>("read", request.setId("j"))).getId()).toBe("");
  });

  it("looks at nothing when a plan is refreshed", async () => {
    const old = struct({ ...inputs, __defaults: [] });
    const request = new proto.ReadRequest().setUrn(urn).setId("j").setInputs(old);
    const same = await ask<proto.ReadResponse>("read", request.setProperties(struct(inputs)));
    expect(same.getId()).toBe("j");
    expect(same.getInputs()?.toJavaScript()).toEqual({ ...inputs, __defaults: [] });
  });

  it("is made once of the same sources", async () => {
    const made = () => [realpathSync(plugin), statSync(plugin).mtimeMs];
    const before = made();
    await install();
    expect(made()).toEqual(before);
  });
});
