import fc from "fast-check";
import { docker } from "../../sandbox/docker";
import { knownMachine, rebootMachine } from "../../sandbox/machine";
import { bringUp, machine, onMachine } from "../support/e2e";
import { type Fault, fault, lost, newSetting, seed } from "../support/fault";
import { during, noMemory } from "../support/fault-causes";
import { changes } from "../support/fault-changes";

beforeAll(() => bringUp({ settings: "any" }));

/** The machine is there again, and lets people in. */
async function back(): Promise<void> {
  const known = knownMachine();
  if (known) await rebootMachine(known);
}

/** Some moment of a step, the same one for the same seed. */
const moments = fc.sample(fc.integer({ min: 0, max: 700 }), { seed, numRuns: 40 });

const inEachStep = (
  name: string,
  happens: () => Promise<unknown>,
  gone: () => Promise<void>,
  more: Pick<Fault, "within"> & Partial<Fault>,
) => {
  for (const [step, change] of Object.entries(changes))
    fault({
      name: `${step}: ${name}`,
      cause: during(step, happens, gone, moments.shift()),
      change,
      mayFail: lost,
      ...more,
    });
};

const nothing = async () => {};

describe("the machine itself", () => {
  inEachStep("the machine is rebooted", back, nothing, { within: 90 });
  inEachStep("the machine loses its power", () => docker(["kill", machine]), back, { within: 90 });
});

describe("its memory", () => {
  for (const [step, change] of Object.entries(changes)) fault({ ...noMemory(step), change });
});

/** As it is to a program that can write no more; what may be on it stays as it is. */
const fill = (folder: string) => `mount -t tmpfs -o size=64k tmpfs ${folder}`;

/** Over a folder, a copy of it with no room left. */
const fillWithCopy = (folder: string) => `copy=$(mktemp -d -p /root) && cp -a ${folder}/. "$copy"
  ${fill(folder)}; cp -a "$copy/." ${folder}; rm -r "$copy"
  cat /dev/zero >${folder}/filler 2>/dev/null || :`;

const fullDisk =
  (folder: string, how: (folder: string) => string): Fault["cause"] =>
  async () => {
    await onMachine(how(folder));
    return async () => {
      await onMachine(`umount ${folder}`);
    };
  };

describe("a disk without room", () => {
  const noRoom = (folder: string) =>
    new RegExp(`No space left on device[\\s\\S]*This machine has no room left at: ${folder}`);
  const fullTmp = fullDisk(
    "/tmp",
    (folder) => `${fill(folder)}; cat /dev/zero >${folder}/x 2>/dev/null || :`,
  );
  // The step in between stages nothing.
  for (const step of ["host-prepare", "snikket-stage"])
    fault({
      name: `${step}: /tmp is full`,
      cause: fullTmp,
      ...{ change: changes[step] ?? newSetting, says: noRoom("/tmp"), within: 30 },
    });

  fault({
    name: "snikket-deploy: /tmp is full",
    async cause(broken) {
      expect(await broken().says(/snikket-stage +updated/)).toBe(true);
      return fullTmp(broken);
    },
    ...{ change: newSetting, says: noRoom("/tmp"), within: 30 },
  });

  fault({
    name: "snikket-stage: /etc/snikket has no room left",
    cause: fullDisk("/etc/snikket", fillWithCopy),
    ...{ change: newSetting, says: noRoom("/etc/snikket"), within: 30 },
  });

  const layers = "/var/lib/docker/overlay2";
  fault({
    name: "a new machine's disk is full while images are pulled",
    async cause() {
      await onMachine(`mkdir -p ${layers} && mount -t tmpfs -o size=40m tmpfs ${layers}`);
      return async () => {
        await onMachine(`mount -o remount,size=3g ${layers}`);
      };
    },
    ...{
      change: "rebuilt",
      // Where a mirror's image finds no room, Docker goes on to its own registry and tells of that alone.
      says: /ERROR: Pulling .*: that failed[\s\S]*has its disk room/,
      within: 90,
    },
  });

  // On what the one before has left: layers in a file system of their own.
  fault({
    name: "snikket-deploy: the disk is full while containers are made",
    async cause() {
      // The first half puts a file back, and has its container already.
      await onMachine(`docker rm --force snikket snikket-certs snikket-portal
        rm /etc/snikket/turn-addresses
        mount -o remount,size=$(($(df --output=used ${layers} | tail -n 1) + 1024))k ${layers}
        cat /dev/zero >${layers}/filler 2>/dev/null || :`);
      return async () => {
        await onMachine(`rm ${layers}/filler; mount -o remount,size=3g ${layers}`);
      };
    },
    says: /no space left on device[\s\S]*ERROR: Starting Snikket: that failed/,
    within: 30,
  });

  fault({
    name: "a new machine loses its power while Docker is installed",
    cause: during("docker-install", () => docker(["kill", machine]), back, moments.shift()),
    ...{ change: "rebuilt", mayFail: lost, within: 90 },
  });

  const archives = "/var/cache/apt/archives";
  fault({
    name: "a new machine's disk is full while Docker is fetched",
    async cause() {
      await onMachine(`mount -t tmpfs -o size=30m tmpfs ${archives} && mkdir ${archives}/partial`);
      return async () => {
        await onMachine(`umount ${archives}`);
      };
    },
    ...{
      change: "rebuilt",
      says: /You don't have enough free space in \/var\/cache\/apt\/archives[\s\S]*ERROR: /,
      within: 60,
    },
  });
});
