import { bringUp } from "../support/e2e";
import { fault, faultsInTurn } from "../support/fault";
import { ofDockersRepository, ofPackages } from "../support/fault-packages";

beforeAll(() => bringUp({ settings: "any" }));

const { installing, othersBadSignature, unreachable, ...others } = ofPackages;
faultsInTurn("while packages are installed", [unreachable, ...Object.values(others)]);

fault(installing);
fault(othersBadSignature);

const { silent, otherKey, badSignature } = ofDockersRepository;
faultsInTurn("on a new machine", [{ ...silent, change: "rebuilt" }, otherKey, badSignature]);
