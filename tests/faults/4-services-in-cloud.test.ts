import { expectDone, sandbox } from "../support/e2e";
import { fault, faultsInTurn } from "../support/fault";
import { ofAuthority } from "../support/fault-authority";
import { ofDocker, removing } from "../support/fault-docker";
import { ofKeys } from "../support/fault-keys";
import { ofNames } from "../support/fault-names";
import { ofDockersRepository, ofPackages } from "../support/fault-packages";
import { ofRegistry } from "../support/fault-registry";
import { inCloud, onVictim } from "../support/fault-victim";

inCloud();

afterAll(async () => expectDone(await sandbox(["down"])));

fault(ofNames.changing);
fault(ofNames.slow);

const { limited, refused, slow } = ofAuthority;
faultsInTurn("while the certificate is asked for", [limited, refused, slow]);
fault(ofAuthority.clockBehind);

const { down, missing, altered, cut } = ofRegistry;
faultsInTurn("while an image is pulled", [down, missing, altered, cut]);

const { unreachable, listsKept } = ofPackages;
faultsInTurn("while packages are installed", [unreachable, listsKept]);

const { badSignature } = ofDockersRepository;
fault({
  ...badSignature,
  name: `Docker is removed by hand, and ${badSignature.name}`,
  async cause() {
    await onVictim(`${removing}; rm -f /var/lib/apt/lists/*_*`);
    return badSignature.cause();
  },
});

fault(ofDocker.upgraded);
fault(ofDocker.portTaken);
fault(ofDocker.crashing);

fault(ofKeys.hostKey);
fault(ofKeys.deployKey);
