import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { remote } from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { aptFunctions, portFunctions, type ReachableHost, runScript } from "../remote/run-script";
import type { DataDisk, PortRule } from "./host";

const here = (file: string): string => path.join(__dirname, file);
const read = (file: string): string => readFileSync(here(file), "utf8");

/** What its script is made of, beside what others use as well. */
const functions = ["checks.sh", "firewall.sh", "data-volume.sh"];

interface PrepareArgs {
  host: ReachableHost;
  /** When the machine may restart for updates: `HH:MM`, or `never`. */
  rebootAt: string;
  /** What its own firewall has to let in. */
  ports: PortRule[];
  /** @default data stay on the system's disk */
  dataDisk?: DataDisk;
}

/** The first step on any machine: makes it fit. */
export function prepare(
  name: string,
  { host, rebootAt, ports, dataDisk }: PrepareArgs,
  opts: pulumi.CustomResourceOptions,
): remote.Command {
  return runScript(
    `${name}-prepare`,
    {
      host,
      functions: [aptFunctions, portFunctions, ...functions.map(here)],
      script: here("prepare.sh"),
      env: {
        REBOOT_AT: rebootAt,
        PORTS: portLines(ports),
        OWN_PORTS: portLines(ports.filter(({ listens }) => listens === "always")),
        ...dataVariables(dataDisk),
      },
      files: {
        "firewall-rules.sh": read("firewall-others.sh") + read("firewall-rules.sh"),
        "snikket-firewall.service": read("snikket-firewall.service"),
      },
    },
    opts,
  );
}

const dataVariables = ({ device = "", folder = "", state = "" }: Partial<DataDisk> = {}) => ({
  DATA_DEVICE: device,
  DATA_FOLDER: folder,
  DATA_STATE: state,
});

/** One line per rule, as `udp 49152 49195`. */
const portLines = (ports: PortRule[]): string =>
  ports.map(({ protocol, from, to }) => `${protocol} ${from} ${to}`).join("\n");
