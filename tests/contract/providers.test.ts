import { contract } from "../support/contract";
import { type Plugin, type Properties, resource, startPlugin } from "../support/contract-plugin";
import {
  account,
  changes,
  commented,
  type Provider,
  providers,
  unknown,
  words,
} from "../support/contract-providers";

/** Of a failure, whether it is about an input nobody knows. */
const isUnknown = (failure: string): boolean => /unrecognized|invalid or unknown/i.test(failure);

const clauses =
  ({ name, types }: Provider) =>
  (program: () => string): void => {
    let plugin: Plugin;
    const required = (inputs: readonly string[]): Properties =>
      Object.fromEntries(inputs.map((input) => [input, unknown]));

    beforeAll(async () => {
      plugin = await startPlugin(program(), { config: account(name) });
    });
    afterAll(() => plugin.end());

    it("refuses each resource without an input that the SDK declares as required, by its name", async () => {
      for (const [type, declared] of types)
        for (const missing of declared.required) {
          const { [missing]: _, ...rest } = required(declared.required);
          const failures = words(await resource(plugin, type).failures(rest));
          expect({ type, failures }).toEqual({
            type,
            failures: expect.stringContaining(words([missing])),
          });
        }
    });

    it("takes each input that the SDK declares, and refuses any other by its name", async () => {
      for (const [type, declared] of types) {
        const one = resource(plugin, type);
        const least = required(declared.required);
        for (const input of declared.inputs) {
          const failures = await one.failures({ ...least, [input]: unknown });
          expect({ type, input, failures: failures.filter(isUnknown) }).toEqual({
            type,
            input,
            failures: [],
          });
        }
        const failures = words(await one.failures({ ...least, noSuchInput: "x" }));
        expect({ type, failures }).toEqual({
          type,
          failures: expect.stringContaining("nosuchinput"),
        });
      }
    });

    it("makes another resource exactly where the table of the contract says so", async () => {
      for (const { type, old, now, replaces } of changes.filter(({ type }) =>
        type.startsWith(name),
      )) {
        const one = resource(plugin, type);
        expect(await one.diff(old, old)).toEqual({ changed: [], replaces: [] });
        const changed = Object.keys(now);
        const planned = await one.diff(old, { ...old, ...now });
        expect({ type, ...planned }).toEqual({ type, changed, replaces: replaces ? changed : [] });
      }
    });

    it("makes another resource, or updates it, as the SDK's comment on a plain input says", async () => {
      for (const [type] of types)
        for (const { name: input, values, replaces } of commented(type)) {
          const [old, now] = values;
          const planned = await resource(plugin, type).diff({ [input]: old }, { [input]: now });
          expect({ type, ...planned }).toEqual({
            ...{ type, changed: [input] },
            replaces: replaces ? [input] : [],
          });
        }
    });

    it("foresees each output that the SDK declares as always there, and no other", async () => {
      for (const [type, { inputs, required: needed, outputs }] of types) {
        // The engine has a provider name what has none.
        const named = inputs.includes("name") && { name: "chat" };
        const given = { ...required(needed), ...named };
        const planned = await resource(plugin, type).create(given, { preview: true });
        const others = ["id", "__meta", "__defaults"];
        const names = Object.keys(planned).filter((name) => !others.includes(name));
        expect({ type, names: names.sort() }).toEqual({ type, names: outputs.toSorted() });
      }
    });

    it("foresees what it will compute as unknown, and what is given as it is", async () => {
      for (const { type, old, computed } of changes.filter(({ type }) =>
        type.startsWith(`${name}:`),
      )) {
        if (!computed) continue;
        const planned = await resource(plugin, type).create(old, { preview: true });
        expect(JSON.stringify(planned[computed])).toContain(unknown);
        const [given = ""] = Object.keys(old);
        expect(planned[given]).toEqual(old[given]);
      }
    });
  };

contract("the oci provider", providers.oci, clauses(providers.oci));
contract("the gcp provider", providers.gcp, clauses(providers.gcp));
contract("the cloudflare provider", providers.cloudflare, clauses(providers.cloudflare));
contract("the tls provider", providers.tls, clauses(providers.tls));
