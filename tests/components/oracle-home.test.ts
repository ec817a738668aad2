import type { MadeHosts } from "../support/hosts";
import { type Before, machineIsMade, makeOracle } from "../support/oracle-host";

const region = "us-ashburn-1";
const others = { away: { region }, paid: { region, allowPaid: true } };

const make = (before?: Before): Promise<MadeHosts> => makeOracle(others, before);

const where = `snikket:host.region is ${region}, and Oracle's machines and volumes are free only in the tenancy's home region, eu-frankfurt-1`;
const warnings = ({ engine }: MadeHosts) => engine.logs.filter((line) => line.includes("region"));

test("asks before what is new is made, already in the preview, and lets pass what is at home", async () => {
  const made = await make();
  const hook = made.engine.hooks.find(({ name }) => name === "host-home");
  expect(hook?.opts).toEqual({ onDryRun: true });
  for (const name of ["host-machine", "host-data"]) {
    expect(made.resource(name).hooks.beforeCreate).toContain("host-home");
    expect(made.resource(name).hooks.beforeUpdate).not.toContain("host-home");
  }
  expect(await made.refusal("host-home", machineIsMade)).toBeUndefined();
  expect(warnings(made)).toEqual([]);
});

test("refuses another region than the home one, which it names", async () => {
  const made = await make();
  expect(await made.refusal("away-home", machineIsMade)).toBe(
    `${where}; set that, or allowPaid: true if it may cost money`,
  );
});

test("warns of it once where it may cost money", async () => {
  const made = await make();
  for (const _ of ["machine", "volume"])
    expect(await made.refusal("paid-home", machineIsMade)).toBeUndefined();
  expect(warnings(made)).toEqual([`warning: [runtime] ${where}: here all of it is paid for.`]);
});

test("says that the tenancy could not be looked at, and lets pass", async () => {
  const made = await make({ mayList: false });
  expect(await made.refusal("away-home", machineIsMade)).toBeUndefined();
  expect(await made.refusal("paid-home", machineIsMade)).toBeUndefined();
  expect(warnings(made)).toEqual([
    expect.stringContaining(`Whether ${region} is the tenancy's home region could not be looked`),
  ]);
});

test.each<[string, Before, RegExp]>([
  ["all of it where nothing is free", {}, /^about .* Nothing is free in us-ashburn-1: .*frankfurt/],
  ["all of it where that is not known", { mayList: false }, /^about .* It is less if us-ashburn-1/],
])("counts in what a month costs %s", async (_, before, words) => {
  const { outputs } = await makeOracle({}, before, others.paid);
  expect(outputs.monthlyCost).toEqual({ value: expect.stringMatching(words), secret: false });
});

test("counts nothing at home, also where it may cost money", async () => {
  const { outputs } = await makeOracle({}, {}, { allowPaid: true });
  expect(outputs.monthlyCost?.value).toMatch(/^0\.00 USD, where eu-frankfurt-1 is/);
});
