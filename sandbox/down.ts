import { existsSync, rmSync } from "node:fs";
import * as path from "node:path";
import { atWork } from "./alone";
import { emptyCloud, removePrivateNetwork } from "./cloud/cloud";
import { say, step } from "./console";
import { answers, docker, ours } from "./docker";
import { findNetwork, ofAnother, removeNetwork } from "./network";
import { checkout, home, sandboxName } from "./settings";
import { forgetStack } from "./stack";

/** Removes what another checkout left of a sandbox, a restart of this computer say: that may be gone itself. */
export async function clearLeftOver(): Promise<void> {
  const owner = (await findNetwork(sandboxName))?.labels["snikket-sandbox.checkout"];
  if (!owner || owner === checkout) return;
  const running = await docker(["ps", "--quiet", ...ours]);
  const itsHome = path.join(owner, path.basename(home));
  if (existsSync(owner) && (running.stdout || atWork(itsHome))) throw ofAnother(owner);
  say(`Removing a sandbox that ${owner} left here.`);
  await removeContainers();
}

/** Removes the sandbox's containers and networks, where Docker answers. */
async function removeContainers(): Promise<void> {
  const { code, stdout } = await docker(["ps", "--all", "--quiet", ...ours], { mayFail: true });
  const containers = stdout.split("\n").filter(Boolean);
  if (containers.length > 0) {
    await step("containers", () => docker(["rm", "--force", "--volumes", ...containers]));
  }
  if (code === 0) await Promise.all([removeNetwork(), removePrivateNetwork()]);
}

/** Removes everything of the sandbox but its caches. */
export async function down(): Promise<void> {
  if (await answers()) await clearLeftOver();
  if (existsSync(path.join(home, "cloud"))) await emptyCloud();
  await removeContainers();
  forgetStack();
  rmSync(home, { recursive: true, force: true });
  say("The sandbox is gone. Docker runs on and keeps images, ~/.cache/snikket-sandbox the engine.");
}
