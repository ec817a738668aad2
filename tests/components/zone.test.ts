import type { Zone } from "../../components/dns/zone";
import { exampleStack } from "../support/example-stack";
import { mockEngine } from "../support/mocks";
import { examplePrinted } from "../support/sealed";

test("a zone that makes its records has them before anything looks for the names", async () => {
  const config = exampleStack();
  const engine = await mockEngine({ config, stdout: examplePrinted(config) });
  await engine.run(() => {
    const pulumi = require("@pulumi/pulumi") as typeof import("@pulumi/pulumi");
    const createRecord: Zone["createRecord"] = ({ name, type, content }, opts) =>
      new (class extends pulumi.CustomResource {})(
        "test:index:Record",
        `${name}-${type}`,
        { content },
        opts,
      );
    jest.doMock("../../components/dns/manual-zone", () => ({
      manualZone: () => ({ createRecord }),
    }));
    return require("../../infra/index");
  });
  jest.dontMock("../../components/dns/manual-zone");
  const records = engine.resources.filter(({ tail }) => tail.includes("test:index:Record"));
  expect(records.map(({ tail, inputs }) => [tail, inputs.content]).sort()).toEqual([
    ["snikket:dns:DnsRecords$test:index:Record::chat.example.org-A", "198.51.100.7"],
    ["snikket:dns:DnsRecords$test:index:Record::groups.chat.example.org-CNAME", "chat.example.org"],
    ["snikket:dns:DnsRecords$test:index:Record::share.chat.example.org-CNAME", "chat.example.org"],
  ]);
  const named = engine.resources.find(({ name }) => name === "snikket-named");
  expect(named?.after).toEqual(records.map(({ name }) => name).sort());
});
