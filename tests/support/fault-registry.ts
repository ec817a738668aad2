import type { IncomingMessage } from "node:http";
import { newestRelease, releases } from "../../components/snikket/releases";
import { type Fault, newSetting } from "./fault";
import { atRegistry, type Back, type Between, registryRefused } from "./fault-services";
import { onVictim } from "./fault-victim";

export const image = releases[newestRelease].proxy;

/** The machine has this image and its own layers no longer, and what happens stands between it and the registry. */
const pulling = (takesPlace: () => Promise<Back>) => async () => {
  await onVictim(
    `docker rm --force snikket-proxy >/dev/null; docker image ls --quiet ${image} | xargs --no-run-if-empty docker image rm --force >/dev/null`,
  );
  return takesPlace();
};

const isBlob = ({ url = "" }: IncomingMessage) => url.includes("/blobs/");
const isManifest = ({ url = "" }: IncomingMessage) => url.includes("/manifests/");

/** It tells of the image, and never sends it. */
const stuck: Between = (request, _answer, pass) => {
  if (!isBlob(request)) pass();
};

/** To what may take half an hour, that passes in twenty seconds. */
const hurried = `#!/bin/sh
if [ "$2" = 1800 ]; then shift 2; set -- --kill-after=60 20 "$@"; fi
exec /usr/bin/timeout "$@"`;

async function stuckInAHurry(): Promise<Back> {
  await onVictim(`cat >/usr/local/bin/timeout <<'X' && chmod +x /usr/local/bin/timeout
${hurried}\nX`);
  const back = await atRegistry(stuck);
  return async () => {
    await onVictim("rm /usr/local/bin/timeout");
    await back();
  };
}

const missing: Between = (request, answer, pass) => {
  if (!isManifest(request)) return pass();
  const errors = [{ code: "MANIFEST_UNKNOWN", message: "manifest unknown" }];
  answer.writeHead(404, { "content-type": "application/json" }).end(JSON.stringify({ errors }));
};

/** As long as it should be, and another. */
const altered: Between = (request, answer, pass) => {
  if (!isBlob(request)) return pass();
  const write = answer.write.bind(answer);
  answer.write = (chunk: Buffer) => write(Buffer.from(chunk.map((byte) => byte ^ 1)));
  pass();
};

/** The first connection for each layer ends early. */
function cutOnce(): Between {
  const seen = new Set<string>();
  return (request, answer, pass) => {
    const { url = "" } = request;
    if (!isBlob(request) || seen.has(url)) return pass();
    seen.add(url);
    const write = answer.write.bind(answer);
    answer.write = (chunk: Buffer) => write(chunk, () => answer.destroy());
    pass();
  };
}

/** The kernel's way to make room, when the first layer is asked for; nobody answers any more. */
function killed(): Between {
  let kill: typeof onVictim | undefined = onVictim;
  return (request, _answer, pass) => {
    if (!isBlob(request)) return pass();
    void kill?.("systemctl kill --signal KILL docker");
    kill = undefined;
  };
}

export const failed =
  /ERROR: Pulling \S+: that failed .*\s+.*stand above\.\s+.*has its disk room \(\d+ MB are free\)/;

/** What may happen while an image is pulled. */
export const ofRegistry = {
  down: {
    name: "the registry is down when an image is pulled",
    cause: pulling(registryRefused),
    says: failed,
    change: newSetting,
    within: 30,
  },
  missing: {
    name: "the registry has the image no longer",
    cause: pulling(() => atRegistry(missing)),
    says: failed,
    change: newSetting,
    within: 30,
  },
  silent: {
    name: "the registry never answers",
    cause: pulling(() => atRegistry(() => {})),
    says: failed,
    change: newSetting,
    within: 60,
  },
  stuck: {
    name: "the registry never sends the image",
    cause: pulling(stuckInAHurry),
    says: /Pulling \S+: 1\d s of at most 1800 s; it says: \w+: Pulling fs layer[\s\S]*ERROR: Pulling \S+: that did not end within 30 minutes\.\s+.*stand above\.\s+.*Does the machine reach the internet/,
    change: newSetting,
    within: 60,
  },
  altered: {
    name: "a layer is not what its digest says",
    cause: pulling(() => atRegistry(altered)),
    says: failed,
    change: newSetting,
    within: 30,
  },
  noRoom: {
    name: "the disk is full",
    cause: pulling(async () => {
      // Where Docker puts down what it downloads.
      await onVictim("mount -t tmpfs -o size=64k none /var/lib/docker/tmp");
      return async () => {
        await onVictim("umount /var/lib/docker/tmp");
      };
    }),
    says: failed,
    change: newSetting,
    within: 30,
  },
  noMemory: {
    name: "memory runs out, and the kernel kills Docker",
    cause: pulling(() => atRegistry(killed())),
    says: failed,
    change: newSetting,
    within: 60,
  },
  cut: {
    name: "each layer is cut",
    cause: pulling(() => atRegistry(cutOnce())),
    change: newSetting,
    within: 90,
  },
} satisfies Record<string, Fault>;
