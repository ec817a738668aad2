import { readFileSync } from "node:fs";
import * as path from "node:path";
import { Refusal } from "../../operations/plan/refusal";
import { changedFile, changedState, inShort, type StackChange } from "../support/plan-changes";
import { type Exported, type Planner, planner } from "../support/plan-state";

// Each plan takes some seconds, and on a busy computer many.
jest.setTimeout(1_200_000);

const root = path.join(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");

/** As Canonical had it before. */
const olderImage = (text: string) =>
  text.replace(/"(ocid1\.image\.[^"]*|https:[^"]*\/images\/[^"]*)"/g, '"an-older-image"');
/** In plain text, for what is secret is taken for equal. */
const otherUserData = (text: string) => {
  const state: Exported = JSON.parse(text);
  const machine = state.deployment.resources.find(({ urn }) => urn.endsWith("::host-machine"));
  Object.assign(machine?.inputs ?? {}, { metadata: { user_data: "b2xk", "user-data": "old" } });
  return JSON.stringify(state);
};
const host = (set: Record<string, unknown>): StackChange => ({
  set: Object.fromEntries(Object.entries(set).map(([key, value]) => [`host.${key}`, value])),
});
const paid = { allowPaid: true };
const premium = { networkTier: "PREMIUM", ...paid };
const micro = { shape: "VM.Standard.E2.1.Micro" };
const larger = (text: string) =>
  text.replace(/"(sizeInGbs|bootVolumeSizeInGbs)":"50"/g, '"$1":"60"');

const both = (change: StackChange) => ({ oracle: change, google: change });

/** What stands in the first column of the table in docs/operations.md. */
const changes: Record<string, { oracle?: StackChange; google?: StackChange }> = {
  "a newer image of the same Ubuntu": both({ state: olderImage }),
  "other user data": both({ state: otherUserData }),
  "`ubuntu`": both(host({ ubuntu: "22.04" })),
  "`shape`, `machineType`": {
    oracle: host(micro),
    google: host({ machineType: "e2-small", ...paid }),
  },
  "`shape` with `protectMachine: false`": { oracle: host({ ...micro, protectMachine: false }) },
  "`ocpus`, `memoryGb`": { oracle: host({ ocpus: 2, memoryGb: 12 }) },
  "`bootVolumeGb` larger, `bootDiskGb`": {
    oracle: host({ bootVolumeGb: 60 }),
    google: host({ bootDiskGb: 13, ...paid }),
  },
  "`bootVolumeGb` smaller": {
    oracle: {
      state: larger,
      says: /bootVolumeGb is 50, but the volume has 60 GB/,
      ...host({ dataVolumeGb: 60 }),
    },
  },
  "`dataVolumeGb`, `dataDiskGb` larger": {
    oracle: host({ dataVolumeGb: 60 }),
    google: host({ dataDiskGb: 20, ...paid }),
  },
  "`dataVolumeGb`, `dataDiskGb` smaller": {
    oracle: {
      state: larger,
      says: /dataVolumeGb is 50, but the volume has 60 GB/,
      ...host({ bootVolumeGb: 60 }),
    },
    google: host({ dataDiskGb: 17 }),
  },
  "`ipv6` (at Google where `networkTier` is `PREMIUM` before)": {
    oracle: host({ ipv6: true }),
    google: {
      ...host({ ipv6: true, ...premium }),
      state: (text) => text.replaceAll('"STANDARD"', '"PREMIUM"'),
    },
  },
  "`networkTier`": { google: host(premium) },
  "`sshFrom`": both(host({ sshFrom: ["198.51.100.8/32"] })),
  "`protectMachine`": both(host({ protectMachine: false })),
  "`rebootAt`": both(host({ rebootAt: "05:00" })),
  "`calls`": both({ set: { calls: 20 } }),
  "`turnPorts`": both({ set: { turnPorts: { from: 50000, to: 50043 } } }),
  "`release`": both({ set: { release: "2025-12" } }),
  "`siteName`": both({ set: { siteName: "The Example family" } }),
  "`dns.zone`": both({ set: { "dns.zone": "1123456789abcdef0123456789abcdef" } }),
  "`dns.provider` to `manual`": both({ set: { dns: { provider: "manual" } } }),
  "`domain`": both({
    set: { domain: "talk.example.org" },
    says: /but this server was deployed as chat\./,
  }),
};

/** The table's rows, cell by cell. */
const [, ...rows] = (
  /\n(\| change \| Oracle[\s\S]*?)\n\n/.exec(read("docs/operations.md"))?.[1] ?? ""
)
  .split("\n")
  .filter((line) => !line.startsWith("| ---"))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

test("each row of the table has its change", () => {
  expect(rows.map(([change]) => change)).toEqual(Object.keys(changes));
});

describe.each([["oracle", 1] as const, ["google", 2] as const])("at %s", (cloud, column) => {
  const example = read(`stacks/${cloud}.example.yaml`);
  let stack: Planner;
  let state: Exported;

  beforeAll(async () => {
    stack = await planner("family");
    state = await stack.stateAfterUp(example);
  });
  afterAll(() => stack.end());

  const cells = rows.map(([row = "", ...cells]) => [row, cells[column - 1] ?? ""] as const);

  test("a cell is empty where nothing is changed", () => {
    const empty = cells.filter(([, cell]) => !cell).map(([row]) => row);
    expect(empty).toEqual(Object.keys(changes).filter((row) => !changes[row]?.[cloud]));
  });

  test.each(cells.filter(([, cell]) => cell))("%s: %s", async (row, cell) => {
    const change = changes[row]?.[cloud] ?? {};
    const planned = stack.plan(changedFile(example, change), changedState(state, change));
    const seen = await planned.then(inShort, (error: Error) => {
      if (!(error instanceof Refusal && change.says?.test(error.message))) throw error;
      return "refused";
    });
    expect(seen).toBe(cell);
  });
});
