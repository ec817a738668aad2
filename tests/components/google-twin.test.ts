import { disks, makeGoogle } from "../support/google-host";
import type { MadeHosts } from "../support/hosts";

const label = "snikket-chat-example-org";
const disk = { project: "family-chat-471203", zone: "us-east1-b", name: `${label}-data` };
const idIn = (zone: string) => `projects/${disk.project}/zones/${zone}/disks/${disk.name}`;

/** What the engine tells the hook before it has one made. */
const change = { type: "gcp:compute/disk:Disk", name: "host-data", newInputs: disk };

let made: MadeHosts;

beforeAll(async () => {
  made = await makeGoogle();
});
afterEach(() => disks.clear());

test("is asked before the data disk is made, and before nothing else of the cloud's", () => {
  const asked = made
    .ofType("gcp:")
    .filter(({ hooks }) => hooks.beforeCreate?.includes("host-twin"));
  expect(asked.map(({ name }) => name)).toEqual(["host-data"]);
});

test("is asked before any name is taken: what was refused first would leave it without an answer", () => {
  for (const name of ["host-network", "host-ipv4"])
    expect(made.resource(name).after).toContain("host-data");
});

test("lets the disk be made where there is none of its name, or only elsewhere", async () => {
  disks.add(idIn("us-east1-c"));
  expect(await made.refusal("host-twin", change)).toBeUndefined();
});

test("has one that the stack does not know taken over, and not deleted", async () => {
  disks.add(idIn(disk.zone));
  const refusal = await made.refusal("host-twin", change);
  expect(refusal).toMatch(
    /^Google has the disk snikket-chat-example-org-data already \(.*\), and this stack does not know it\. Do not delete it: /,
  );
  expect(refusal).toMatch(
    /npx pulumi import --generate-code=false --parent 'parent=urn:\S+snikket:host:GoogleHost::host' gcp:compute\/disk:Disk host-data projects\/family-chat-471203\/zones\/us-east1-b\/disks\/snikket-chat-example-org-data; then run this again\.$/,
  );
});

test("does not refuse in a preview, which cannot tell it from one to be replaced", () => {
  const hook = made.engine.hooks.find(({ name }) => name === "host-twin");
  expect(hook?.opts?.onDryRun).toBeFalsy();
});
