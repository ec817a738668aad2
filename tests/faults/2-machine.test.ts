import { domain } from "../../sandbox/settings";
import { bringUp } from "../support/e2e";
import { fault, faultsInTurn, newSetting } from "../support/fault";
import { ofDocker } from "../support/fault-docker";
import { onIt } from "../support/fault-victim";

beforeAll(() => bringUp({ settings: "any" }));

for (const one of Object.values(ofDocker)) fault(one);

faultsInTurn("data", [
  {
    name: "the folder for data is not there, as without its disk",
    cause: onIt(
      "docker stop --time 5 $(docker ps -q) >/dev/null; mv /var/lib/snikket /var/lib/away",
      "mv /var/lib/away /var/lib/snikket",
    ),
    change: newSetting(),
    says: new RegExp(
      `ERROR: The data of ${domain} is not at /var/lib/snikket\\.\\s+.*Mount its disk`,
    ),
    within: 30,
  },
  {
    name: "the data's marker is missing",
    cause: onIt(
      "mv /var/lib/snikket/domain /root/domain",
      "mv /root/domain /var/lib/snikket/domain",
    ),
    says: /ERROR: \/var\/lib\/snikket holds data, but not the file that says whose/,
    within: 30,
  },
]);
