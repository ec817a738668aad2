import { readFileSync } from "node:fs";
import * as path from "node:path";
import { run } from "../../sandbox/console";
import { address, domain, inHome } from "../../sandbox/settings";
import { stackEnvironment } from "../../sandbox/stack";
import { watchFor } from "../support/e2e-interruption";
import type { Figure } from "./figure";
import { pulumi, root } from "./measure";

const name = "snikket:siteName";

/** What people notice of another name for their server. Leaves the stack as it was. */
export async function interruption(): Promise<Figure[]> {
  const acmeRoot = readFileSync(inHome("acme-root.pem"), "utf8");
  pulumi(["config", "set", name, "Another name"]);
  const watch = watchFor({ domain, ipv4: address("machine"), acmeRoot });
  await up();
  const { portal, apps } = await watch();
  pulumi(["config", "rm", name]);
  await up();
  const note = "the longest time without an answer; the four containers are made again";
  return [
    { what: "interruption by a changed setting, of the portal", value: portal, unit: "s", note },
    { what: "the same, of apps", value: apps, unit: "s" },
  ];
}

/** Not as the other measurements do it, for which this program stands still: it watches meanwhile. */
const up = () =>
  run(path.join(root, "node_modules/.bin/pulumi"), ["up", "--yes", "--skip-preview"], {
    cwd: root,
    env: { ...process.env, ...stackEnvironment() },
  });
