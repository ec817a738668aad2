import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { Figure } from "./figure";
import { sandbox, seconds } from "./measure";
import { stateSize } from "./sandbox-cost";

/** Only where it is asked for: it removes the images of every sandbox on this computer, and takes minutes. */
const coldAsked = process.env.BENCH_COLD === "1";

/** With no cache and no image of the sandbox's own. Leaves no sandbox. */
export async function sandboxCold(): Promise<Figure> {
  const figure = { what: "sandbox, cold", unit: "s", budget: 480 } as const;
  if (!coldAsked) return { ...figure, value: undefined, note: "not asked for with BENCH_COLD=1" };
  sandbox("down");
  removeImages();
  const note = "the engine, a Debian, the images and what they install; npm ci is not counted";
  return { ...figure, value: await withoutCache(), note };
}

function removeImages(): void {
  const ours = ["--quiet", "--filter", "reference=snikket-sandbox/*"];
  const list = execFileSync("docker", ["image", "ls", ...ours], { encoding: "utf8" });
  const images = [...new Set(list.split("\n").filter(Boolean))];
  if (images.length) execFileSync("docker", ["image", "rm", "--force", ...images]);
}

async function withoutCache(): Promise<number> {
  const { XDG_CACHE_HOME: before = "" } = process.env;
  const empty = mkdtempSync(path.join(tmpdir(), "cold-"));
  process.env.XDG_CACHE_HOME = empty;
  try {
    return await seconds(() => sandbox());
  } finally {
    // Before its folder goes: the registry keeps its images there.
    sandbox("down");
    process.env.XDG_CACHE_HOME = before;
    rmSync(empty, { recursive: true, force: true });
  }
}

export async function sandboxWarm(): Promise<Figure> {
  // What a first one builds, and keeps.
  sandbox();
  sandbox("down");
  const note =
    "the plan for Oracle that it shows first, boot of the machine, the first up, and two people who talk";
  return timed({ what: "sandbox, warm", budget: 60, note });
}

export const sandboxIdle = (): Promise<Figure> => {
  const note = "an up with no change, and a look at each container";
  return timed({ what: "sandbox, nothing to do", budget: 10, note });
};

const timed = async (figure: Pick<Figure, "what" | "budget" | "note">): Promise<Figure> => ({
  ...figure,
  value: await seconds(() => sandbox()),
  unit: "s",
});

/** From nothing to two people who talk, with all of the cloud's resources. */
export async function inCloud(): Promise<Figure[]> {
  sandbox("down");
  let output = "";
  const first = await seconds(() => {
    output = sandbox("--cloud", "oracle");
  });
  const figures: Figure[] = [
    { what: "sandbox with Oracle's cloud, warm", value: first, unit: "s" },
    { what: "of which its first up", value: duration(output), unit: "s" },
    stateSize("state of a stack at Oracle"),
  ];
  sandbox("down");
  return figures;
}

/** Seconds that an update took, as the engine's last line about it says: `Duration: 1m2s`. */
export function duration(output: string): number | undefined {
  const [, hours = 0, minutes = 0, rest] =
    /^ *Duration: (?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)/m.exec(output) ?? [];
  return rest === undefined
    ? undefined
    : Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
}
