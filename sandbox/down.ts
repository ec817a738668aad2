import { existsSync, rmSync, statSync } from "node:fs";
import * as path from "node:path";
import { atWork } from "./alone";
import { emptyCloud, removePrivateNetwork } from "./cloud/cloud";
import { say, step } from "./console";
import { holdDocker, stopDocker } from "./daemon";
import { answers, docker, ours } from "./docker";
import { ofAnother, otherOwner, removeNetwork } from "./network";
import { home } from "./settings";
import { forgetStack } from "./stack";

/** Removes what another checkout left of a sandbox, a restart of this computer say: that may be gone itself. */
export async function clearLeftOver(): Promise<void> {
  const owner = await otherOwner();
  if (!owner) return;
  const running = await docker(["ps", "--quiet", ...ours]);
  const itsHome = path.join(owner, path.basename(home));
  if (!isGone(owner) && (running.stdout || atWork(itsHome))) throw ofAnother(owner);
  say(`Removing a sandbox that ${owner} left here.`);
  await removeContainers();
}

/** Another user's checkout may be where this one must not look: then it counts as there. */
function isGone(folder: string): boolean {
  try {
    return !statSync(folder);
  } catch (error) {
    return ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
  }
}

/** Removes the sandbox's containers and networks, where Docker answers. */
async function removeContainers(): Promise<void> {
  const { code, stdout } = await docker(["ps", "--all", "--quiet", ...ours], { mayFail: true });
  const containers = stdout.split("\n").filter(Boolean);
  if (containers.length > 0)
    await step("containers", () => docker(["rm", "--force", "--volumes", ...containers]));
  if (code === 0)
    await step("networks", () => Promise.all([removeNetwork(), removePrivateNetwork()]));
}

/** Removes everything of the sandbox but its caches, and stops the Docker that it started. */
export async function down(): Promise<void> {
  await holdDocker();
  if (await answers()) await clearLeftOver();
  if (existsSync(path.join(home, "cloud"))) await step("cloud", emptyCloud);
  await removeContainers();
  forgetStack();
  rmSync(home, { recursive: true, force: true });
  const docker = (await stopDocker()) ? "is stopped" : "runs on";
  say(
    `The sandbox is gone. Docker ${docker} and keeps images, ~/.cache/snikket-sandbox the engine;`,
  );
  say("where Go built that, ~/go and ~/.cache/go-build keep what it took.");
}
