import { bringUp } from "../support/e2e";
import { fault, faultsInTurn } from "../support/fault";
import { ofAuthority } from "../support/fault-authority";

beforeAll(() => bringUp({ settings: "any" }));

faultsInTurn("while the certificate is asked for", [
  ofAuthority.elsewhere,
  ofAuthority.limited,
  ofAuthority.refused,
  ofAuthority.silent,
  ofAuthority.slow,
]);

fault(ofAuthority.clockBehind);
fault(ofAuthority.clockAhead);
