/** Cloudflare in the sandbox: the records of its one zone are what the sandbox's name server answers. */
import { type SandboxRecord, setRecords } from "../../records";
import { account, zone } from "../../settings";
import type { Invoke, Step } from "../frame";
import { kept, newId } from "../kept";
import { mapValues, type Properties } from "../model";
import { every, type Resource, resources } from "../store";
import * as model from "./model";

const theZone: Resource = {
  ...{ type: "cloudflare:index/zone:Zone", id: account.zoneId },
  ...{ inputs: {}, outputs: { name: zone } },
};

const said = (status: string, code: number, message: string) =>
  `${status} {"success":false,"errors":[{"code":${code},"message":"${message}"}]}`;

/** Why Cloudflare does not even look at a question. */
function denied(zoneId: unknown, config: Properties): string | undefined {
  const token = config["cloudflare:config:apiToken"] ?? process.env.CLOUDFLARE_API_TOKEN;
  if (token !== account.apiToken) return said("403 Forbidden", 9109, "Invalid access token");
  if (zoneId !== account.zoneId) return said("403 Forbidden", 10000, "Authentication error");
  return undefined;
}

const alone = "An A, AAAA, or CNAME record with that host already exists.";

function refusal({ inputs }: Step, all: Resource[]): string | undefined {
  const others = every(all, "DnsRecord").filter(({ name }) => name === inputs.name);
  if (others.length > 0 && [...others, inputs].some(({ type }) => type === "CNAME"))
    return said("400 Bad Request", 81053, alone);
  if (others.some(({ type, content }) => type === inputs.type && content === inputs.content))
    return said("400 Bad Request", 81058, "An identical record already exists.");
  return undefined;
}

const served = (): SandboxRecord[] =>
  every<SandboxRecord & { content: string }>(resources("cloudflare"), "DnsRecord").map(
    ({ name, type, content: value }) => ({ name, type, value }),
  );

let last: Promise<void> = Promise.resolve();

export default kept({
  plugin: "cloudflare",
  types: Object.keys(model.models),
  denied: ({ inputs, config }) => denied(inputs.zoneId ?? account.zoneId, config),
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

const answering =
  (answer: Invoke): Invoke =>
  (args, question) => {
    const { name = zone } = (args.filter ?? {}) as { name?: string };
    const asked = name === zone ? (args.zoneId ?? account.zoneId) : name;
    const problem = denied(asked, question.config);
    if (problem) throw new Error(problem);
    return answer(args, { ...question, resources: () => [theZone, ...question.resources()] });
  };

export const invokes: Record<string, Invoke> = mapValues(model.invokes, answering);
