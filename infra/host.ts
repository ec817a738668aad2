import type { Host } from "../components/host/host";
import type { StackConfig } from "./config";

/** The machine the stack names. The only switch over providers; it loads only what is used. */
export function createHost(name: string, { host, sshPrivateKey }: StackConfig): Host {
  switch (host.provider) {
    case "existing": {
      const { ExistingHost } =
        require("../components/host/existing-host") as typeof import("../components/host/existing-host");
      const { provider: _, ...args } = host;
      return new ExistingHost(name, { ...args, privateKey: sshPrivateKey });
    }
  }
}
