import { parse } from "yaml";
import { relayRange, snikketPorts } from "../../components/snikket/ports";
import type { StackConfig } from "../../infra/config";
import { parsedWithKey, readExample } from "../support/examples";
import { cloud } from "../support/google-host";
import { makeHosts } from "../support/hosts";
import type { StackFile } from "../support/stack-file";

/** Makes the host of Google's example with other settings, under the house's rules. */
async function sourcesOfSsh(change: object): Promise<unknown> {
  const stack = parse(readExample("google.example.yaml")) as StackFile;
  const { sshFrom: _, ...host } = stack.config["snikket:host"] as Record<string, unknown>;
  const config = { ...stack.config, "snikket:host": { ...host, ...change } };
  const { config: parsed, problems } = parsedWithKey({ config });
  expect(problems).toEqual([]);
  const ports = snikketPorts({ turnPorts: relayRange(10), proxy65Port: 5000 });
  const create = (name: string, config: StackConfig) => {
    const { allowedOf, createHost } =
      require("../../infra/host") as typeof import("../../infra/host");
    const { holdHouseRules } =
      require("../../infra/house-rules") as typeof import("../../infra/house-rules");
    holdHouseRules({ ports, ...allowedOf(config) });
    return createHost(name, config, { ports, dataFolder: "/var/lib/snikket" });
  };
  const args = { ...parsed, sshPrivateKey: undefined } as StackConfig;
  const made = await makeHosts({ create, args, cloud });
  return made.inputs("host-firewall-ssh").sourceRanges;
}

test("a stack that allows the world opens SSH to all where it names nobody", async () => {
  expect(await sourcesOfSsh({ allowWorld: true })).toEqual(["0.0.0.0/0"]);
});

test("a stack that allows the world and names some opens SSH to these alone", async () => {
  const sshFrom = ["198.51.100.7/32"];
  expect(await sourcesOfSsh({ allowWorld: true, sshFrom })).toEqual(sshFrom);
});
