import fc from "fast-check";
import { inCloud as onRouter } from "../../sandbox/cloud/router";
import { docker } from "../../sandbox/docker";
import { cloudMachine } from "../support/e2e-cloud";
import { fillTmp, onCloudMachine, reboot } from "../support/e2e-cloud-machine";
import { fault, faultsInTurn, lost, newSetting, seed } from "../support/fault";
import { another, during, killed, locked, noMemory, signalled } from "../support/fault-causes";
import { newTime } from "../support/fault-changes";
import { inCloud, onIt } from "../support/fault-victim";

inCloud();

/** From before a step is let in to well within it, the same ones for the same seed. */
const moments = fc.sample(fc.integer({ min: 0, max: 2500 }), { seed, numRuns: 5 });

/** The cloud's router has whoever speaks SSH to the machine hang up. */
const noSsh = (how: "-I" | "-D") =>
  onRouter(`iptables -w ${how} FORWARD -p tcp --dport 22 -j REJECT --reject-with tcp-reset || :`);

fault({
  name: "snikket-stage: its router lets no SSH through any more",
  cause: during(
    "snikket-stage",
    () => noSsh("-I"),
    () => noSsh("-D"),
    moments.shift(),
  ),
  ...{ change: newSetting, mayFail: lost, within: 60 },
});

const started = () => docker(["start", cloudMachine]);

fault({
  name: "snikket-stage: the machine is rebooted",
  cause: during("snikket-stage", reboot, undefined, moments.shift()),
  ...{ change: newSetting, mayFail: lost, within: 90 },
});

fault({
  name: "snikket-deploy: the machine loses its power",
  cause: during("snikket-deploy", () => docker(["kill", cloudMachine]), started, moments.shift()),
  ...{ change: newSetting, mayFail: lost, within: 90 },
});

fault({
  name: "snikket-stage: /tmp is full",
  async cause() {
    await fillTmp();
    return async () => {
      await onCloudMachine("umount /tmp");
    };
  },
  ...{
    change: newSetting,
    says: /No space left on device[\s\S]*This machine has no room left at: \/tmp/,
    within: 30,
  },
});

/** The volume with the data has room for nothing more. */
async function fillVolume(): Promise<() => Promise<void>> {
  const filler = "/var/lib/snikket/filler";
  await onCloudMachine(`touch ${filler}; size=$((1 << 36))
    until ((size < 4096)); do
      fallocate --offset $(stat --format %s ${filler}) --length $size ${filler} 2>/dev/null || size=$((size / 2))
    done`);
  return async () => {
    await onCloudMachine(`rm ${filler}`);
  };
}

faultsInTurn("the data volume is full", [
  {
    name: "snikket-deploy: the data volume is full",
    cause: fillVolume,
    change: newSetting(),
    says: /ERROR: Snikket answers, but cannot keep what people write: 0 MB are free at \/var\/lib\/snikket\.\s+.*Make room there/,
    within: 40,
  },
  {
    name: "snikket-deploy: the data volume is full, and a certificate is asked for",
    async cause() {
      await onCloudMachine("rm -rf /var/lib/snikket/data/letsencrypt/*");
      return fillVolume();
    },
    change: newSetting(),
    says: /\[Errno 28\] No space left on device[\s\S]*ERROR: No certificate for /,
    within: 60,
  },
]);

fault({ ...noMemory("snikket-deploy"), change: newSetting });

fault({ ...signalled("host-prepare", "SIGINT", moments.shift()), change: newTime });
fault({ ...signalled("snikket-stage", "SIGTERM", moments.shift()), change: newSetting });
fault({ ...killed("snikket-deploy"), change: newSetting });

fault({
  name: "by hand: settings are edited, two containers are removed",
  cause: onIt(`echo SNIKKET_TWEAK_MINE=1 >>/etc/snikket/snikket.conf
    docker rm --force snikket-certs snikket`),
  ...{ change: newSetting, within: 40 },
});

fault({
  name: "two people run `pulumi up` at once",
  cause: another,
  ...{ change: newSetting, says: locked, within: 30 },
});
