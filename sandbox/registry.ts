import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { newestRelease, releases } from "../components/snikket/releases";
import { step } from "./console";
import { docker } from "./docker";
import { ensureImage, pull, snikketImages } from "./images";
import { containerName, inHome } from "./settings";

type ImagesAre = "Snikket's own" | "stand-ins";

/** Snikket's four images as they are on this machine. */
interface SnikketImages {
  are: ImagesAre;
  /** Local names by upstream's references, digests left out. */
  names: Record<string, string>;
}

/** Pulls Snikket's own images, or builds the stand-ins. What a sandbox began with it keeps. */
export async function snikketsImages(install = false): Promise<SnikketImages> {
  const release = releases[newestRelease];
  const parts = Object.keys(snikketImages) as (keyof typeof snikketImages)[];
  const own = imagesAre() !== "stand-ins" && (await pullAll(parts.map((part) => release[part])));
  const names = parts.map(async (part) => {
    const name = own ? release[part] : await ensureImage(snikketImages[part], install);
    return [release[part].replace(/@.*/, ""), name] as const;
  });
  const are = own ? "Snikket's own" : "stand-ins";
  return { are, names: Object.fromEntries(await Promise.all(names)) };
}

async function pullAll(images: string[]): Promise<boolean> {
  for (const image of images) {
    if (!(await step(`image ${image}`, (report) => pull(image, report)))) return false;
  }
  return true;
}

/** Puts the images into the sandbox's registry under upstream's names, unless they are there. */
export async function pushImages({ are, names }: SnikketImages): Promise<void> {
  const registry = containerName("registry");
  const { stdout: id } = await docker(["inspect", "-f", "{{.Id}}", registry]);
  const local = await docker(["image", "inspect", "-f", "{{.Id}}", ...Object.values(names)]);
  const pushed = JSON.stringify({ are, registry: id.trim(), images: local.stdout.split("\n") });
  if (existsSync(record()) && readFileSync(record(), "utf8") === pushed) return;
  const { stdout: ports } = await docker(["port", registry, "5000"]);
  await step("registry", async (report) => {
    for (const [reference, source] of Object.entries(names)) {
      const name = `${ports.split("\n")[0]}/${reference}`;
      await docker(["tag", source, name]);
      await docker(["push", name], { onLine: report });
      await docker(["image", "rm", name]);
    }
  });
  writeFileSync(record(), pushed);
}

const record = (): string => inHome("pushed.json");

/** Which images the registry holds. */
export function imagesAre(): ImagesAre | undefined {
  return existsSync(record()) ? JSON.parse(readFileSync(record(), "utf8")).are : undefined;
}
