import type { Change, MadeHosts } from "../support/hosts";
import { compartmentId, makeOracle } from "../support/oracle-host";

const label = "snikket-chat-example-org";
const gone = { id: "ocid1.gone", state: "TERMINATED", displayName: label };

/** What the engine tells the hook before it has one made. */
const about = (type: string, name: string, displayName: string): Change => ({
  ...{ type, name, newInputs: { compartmentId, displayName } },
});
const machine = about("oci:Core/instance:Instance", "host-machine", label);
const volume = about("oci:Core/volume:Volume", "host-data", `${label}-data`);

let made: MadeHosts;

test("lets machine and volume be made where there are none of their names, or none any more", async () => {
  const others = [
    { ...gone, id: "ocid1.other", state: "RUNNING", displayName: `${label}-other` },
    { ...gone, id: "ocid1.elsewhere", state: "RUNNING", compartmentId: "ocid1.games" },
  ];
  made = await makeOracle({}, { instances: [gone, ...others], volumes: [...others] });
  for (const change of [machine, volume])
    expect(await made.refusal("host-twin", change)).toBeUndefined();
});

describe("where there is one that the stack does not know", () => {
  beforeAll(async () => {
    const lost = { id: "ocid1.lost", state: "PROVISIONING", displayName: label };
    made = await makeOracle(
      {},
      { instances: [gone, lost], volumes: [{ ...lost, displayName: `${label}-data` }] },
    );
  });

  test("refuses a second machine, and has the lost one terminated", async () => {
    expect(await made.refusal("host-twin", machine)).toMatch(
      /^Oracle has snikket-chat-example-org already \(ocid1\.lost\), .*oci compute instance terminate --preserve-boot-volume false --instance-id ocid1\.lost; then run this again\.$/,
    );
  });

  test("refuses a second volume, and has the lost one taken over as what it was to be", async () => {
    expect(await made.refusal("host-twin", volume)).toMatch(
      /npx pulumi import --generate-code=false --parent 'parent=urn:\S+snikket:host:OracleHost::host' --provider 'provider=urn:\S+OracleHost\$pulumi:providers:oci::host-oracle' oci:Core\/volume:Volume host-data ocid1\.lost; then run this again\.$/,
    );
  });

  test("does not refuse in a preview, which cannot tell it from one to be replaced", () => {
    const hook = made.engine.hooks.find(({ name }) => name === "host-twin");
    expect(hook?.opts?.onDryRun).toBeFalsy();
  });
});
