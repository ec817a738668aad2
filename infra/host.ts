import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import type { Host, PortRule } from "../components/host/host";
import type { StackConfig } from "./config";

/** What the server on the machine needs from it. */
interface Needs {
  ports: PortRule[];
  /** Where its data lives. */
  dataFolder: string;
}

/** The machine the stack names. The only switch over providers; it loads only what is used. */
export function createHost(name: string, config: StackConfig, needs: Needs): Host {
  const { host, sshPrivateKey } = config;
  const { sshFrom } = allowedOf(config);
  switch (host.provider) {
    case "existing": {
      const { ExistingHost } =
        require("../components/host/existing-host") as typeof import("../components/host/existing-host");
      const { provider: _, ...args } = host;
      return new ExistingHost(name, { ...args, ...needs, privateKey: sshPrivateKey ?? "" });
    }
    case "oracle": {
      const { OracleHost } =
        require("../components/host/oracle/oracle-host") as typeof import("../components/host/oracle/oracle-host");
      const { provider: _, ...args } = host;
      const label = labelOf(config.domain);
      return new OracleHost(name, { ...args, ...needs, sshFrom, label, credentials: ofOracle() });
    }
    case "google": {
      const { GoogleHost } =
        require("../components/host/google/google-host") as typeof import("../components/host/google/google-host");
      const { provider: _, ...args } = host;
      return new GoogleHost(name, { ...args, ...needs, sshFrom, label: labelOf(config.domain) });
    }
  }
}

/** Who may come by SSH, whether that may be everybody, and whether it may cost money. */
export function allowedOf({ host }: Pick<StackConfig, "host">): {
  sshFrom: string[];
  allowWorld: boolean;
  allowPaid: boolean;
} {
  // A machine that is there already was paid for and opened by others.
  if (host.provider === "existing") return { sshFrom: [], allowWorld: false, allowPaid: false };
  const { sshFrom = ["0.0.0.0/0"], allowWorld, allowPaid } = host;
  return { sshFrom, allowWorld, allowPaid };
}

/** Whether the server may not be destroyed: one from a cloud would be gone with its machine. */
export const isProtected = ({ host }: Pick<StackConfig, "host">): boolean =>
  host.provider !== "existing" && host.protectMachine;

/**
 * What a stack's things are called in a cloud's console, so that two families there stay apart. Of a domain with dashes
 * it says so with a few digits of its own: my-family.org is not my.family.org. At most 44 characters, for Google has 63.
 * @internal exported for its test
 */
export function labelOf(domain: string): string {
  const label = domain.replaceAll(".", "-");
  if (!domain.includes("-")) return label;
  return `${label}-${createHash("sha256").update(domain).digest("hex").slice(0, 4)}`;
}

/** The provider's own keys, which an explicit provider does not read by itself. */
function ofOracle() {
  const config = new pulumi.Config("oci");
  return {
    auth: config.get("auth"),
    configFileProfile: config.get("configFileProfile"),
    tenancyOcid: config.get("tenancyOcid"),
    userOcid: config.get("userOcid"),
    fingerprint: config.get("fingerprint"),
    privateKey: config.getSecret("privateKey"),
    privateKeyPassword: config.getSecret("privateKeyPassword"),
    privateKeyPath: config.get("privateKeyPath"),
  };
}
