import { type StdioOptions, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem, run, step } from "./console";
import { answers, docker, installDocker, isRoot, onPath } from "./docker";
import { cache } from "./settings";

/** Makes sure that Docker can be used; installs it where this is allowed, else says what to do (exit 3). */
export async function ensureDocker({ install }: { install: boolean }): Promise<void> {
  await holdDocker();
  if (await step("Docker", answers)) return;
  if (!onPath("docker") || !onPath("dockerd")) await installDocker(install);
  if (await answers()) return;
  if (!isRoot()) {
    throw new Problem("Docker is not running. Start it: sudo systemctl start docker", 3);
  }
  const silent = `The Docker daemon does not answer after 60 s. Look at: journalctl -u docker, or ${log}`;
  await step("Docker daemon", async () => {
    if (existsSync("/run/systemd/system")) await run("systemctl", ["enable", "--now", "docker"]);
    else startByHand();
    await until(answers, silent);
  });
}

const log = cache("dockerd.log");

/** Every daemon that was started by hand, one a line: of two that start at once, one ends by itself. */
const startedByHand = cache("dockerd.started");

/** In a session of its own, so that it outlives this command and its terminal. */
function startByHand(): void {
  mkdirSync(cache(), { recursive: true });
  const output = openSync(log, "a");
  const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
  // Where /proc/sys is read-only, no container starts without it; Docker's own message names it.
  const env = { ...process.env, PATH, DOCKER_ALLOW_IPV6_ON_IPV4_INTERFACE: "1" };
  const daemon = spawn("dockerd", [], { detached: true, stdio: ["ignore", output, output], env });
  daemon.unref();
  appendFileSync(startedByHand, `${running(`${daemon.pid}`)}\n`);
}

/** A process, told from any other that had or will have its number. Source: proc(5), of `stat`. */
function running(pid: string): string | undefined {
  try {
    const [, state, more = ""] =
      /\) (.) (.*)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    // One that has ended stays there until somebody asks how.
    return state === "Z" ? undefined : `${pid} ${more.split(" ")[18]}`;
  } catch {
    return undefined;
  }
}

const isRunning = (daemon: string): boolean => running(daemon.replace(/ .*/, "")) === daemon;

let held: number | undefined;

/** Ends with this process, as the lock is that of a folder it has open. All users have this one, and it stays as it is. */
async function lock(...how: string[]): Promise<boolean> {
  held ??= openSync("/run", "r");
  const stdio = ["pipe", "pipe", "pipe", held] satisfies StdioOptions;
  return (await run("flock", [...how, "3"], { stdio, mayFail: true })).code === 0;
}

/** From now on no sandbox stops Docker under this process; one that is at it is waited for. */
export const holdDocker = (): Promise<boolean> =>
  step("another sandbox's end", () => lock("--shared"));

/** Stops the daemon that a sandbox started by hand, unless anybody uses it; tells whether it did. */
export async function stopDocker(): Promise<boolean> {
  const all = existsSync(startedByHand) ? readFileSync(startedByHand, "utf8").split("\n") : [];
  const daemon = all.find(isRunning);
  if (!daemon || !(await lock("--exclusive", "--nonblock")) || (await isUsed())) return false;
  process.kill(Number.parseInt(daemon, 10));
  const lasting = `The Docker daemon does not end within 60 s. Look at: ${log}`;
  await step("Docker's end", () => until(async () => !isRunning(daemon), lasting));
  rmSync(startedByHand);
  return true;
}

/** Whether there is any container, a sandbox's or not, or a sandbox's network. */
async function isUsed(): Promise<boolean> {
  const networks = ["network", "ls", "--filter", "label=snikket-sandbox"];
  const lists = [["ps", "--all"], networks].map((list) =>
    docker([...list, "--quiet"], { mayFail: true, timeout: 20 }),
  );
  return (await Promise.all(lists)).some(({ code, stdout }) => code !== 0 || stdout !== "");
}

async function until(done: () => Promise<boolean>, otherwise: string): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await done())) {
    if (Date.now() > end) throw new Problem(otherwise);
    await sleep(200);
  }
}
