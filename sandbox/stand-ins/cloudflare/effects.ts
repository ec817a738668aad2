/** Cloudflare in the sandbox: the records of its one zone are what the sandbox's name server answers. */
import { type SandboxRecord, setRecords } from "../../records";
import { account, zone } from "../../settings";
import type { Invoke, Step } from "../frame";
import { kept, newId } from "../kept";
import type { Properties } from "../model";
import { type Resource, resources } from "../store";
import * as model from "./model";

const zoneType = "cloudflare:index/zone:Zone";
const theZone: Resource = {
  ...{ type: zoneType, id: account.zoneId },
  ...{ inputs: {}, outputs: { name: zone } },
};

/** Why Cloudflare does not even look at a question. */
function denied(zoneId: unknown, config: Properties): string | undefined {
  const token = config["cloudflare:config:apiToken"] ?? process.env.CLOUDFLARE_API_TOKEN;
  if (token !== account.apiToken)
    return '403 Forbidden {"success":false,"errors":[{"code":9109,"message":"Invalid access token"}]}';
  if (zoneId !== account.zoneId)
    return '403 Forbidden {"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}';
  return undefined;
}

function refusal({ inputs, config }: Step, all: Resource[]): string | undefined {
  const problem = denied(inputs.zoneId, config);
  if (problem) return problem;
  const others = all.filter(({ outputs }) => outputs.name === inputs.name);
  const alias = [...others, { outputs: inputs }].some(({ outputs }) => outputs.type === "CNAME");
  if (others.length > 0 && alias)
    return '400 Bad Request {"errors":[{"code":81053,"message":"An A, AAAA, or CNAME record with that host already exists."}]}';
  const same = ({ outputs }: Resource) =>
    outputs.type === inputs.type && outputs.content === inputs.content;
  return others.some(same)
    ? '400 Bad Request {"errors":[{"code":81058,"message":"An identical record already exists."}]}'
    : undefined;
}

const served = (): SandboxRecord[] =>
  resources("cloudflare").map(({ outputs: { name, type, content } }) => ({
    ...{ name: String(name), value: String(content) },
    type: type as SandboxRecord["type"],
  }));

let last: Promise<void> = Promise.resolve();

const effects = kept({
  plugin: "cloudflare",
  types: Object.keys(model.models),
  refusal,
  outputs: ({ id, inputs }) => ({
    ...{ id: id || newId(16), proxied: inputs.proxied ?? false, proxiable: true },
    ...{ tags: inputs.tags ?? [], settings: inputs.settings ?? {} },
  }),
  converge() {
    last = last.catch(() => undefined).then(() => setRecords(served()));
    return last;
  },
});

/** Ids are written with the zone's where a record is imported. */
const read: (typeof effects)[string]["read"] = (step) =>
  effects["cloudflare:index/dnsRecord:DnsRecord"]?.read?.({
    ...step,
    id: step.id.split("/").at(-1) ?? "",
  }) ?? Promise.resolve(undefined);

export default Object.fromEntries(
  Object.entries(effects).map(([type, effect]) => [type, { ...effect, read }]),
);

const answering =
  (answer: Invoke): Invoke =>
  (args, question) => {
    const { name = zone } = (args.filter ?? {}) as { name?: string };
    const asked = name === zone ? (args.zoneId ?? account.zoneId) : name;
    const problem = denied(asked, question.config);
    if (problem) throw new Error(problem);
    return answer(args, { ...question, resources: () => [theZone, ...question.resources()] });
  };

export const invokes: Record<string, Invoke> = Object.fromEntries(
  Object.entries(model.invokes).map(([token, answer]) => [token, answering(answer)]),
);
