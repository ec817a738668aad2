import { bringUp } from "../support/e2e";
import { fault, faultsInTurn } from "../support/fault";
import { ofNames } from "../support/fault-names";

beforeAll(() => bringUp({ settings: "any" }));

faultsInTurn("names", [
  ofNames.silent,
  ofNames.changing,
  ofNames.changedAfterGate,
  ofNames.silentAfterGate,
]);

fault(ofNames.slow);
