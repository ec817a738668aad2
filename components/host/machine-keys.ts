import * as pulumi from "@pulumi/pulumi";
import { PrivateKey } from "@pulumi/tls/privateKey";
import type { UserDataArgs } from "./cloud-init";
import type { Connection } from "./host";

/** Who Ubuntu's images let in. */
export const ubuntuUser = "ubuntu";

/** By what a machine from a cloud is known, and who may come: made before it, so that nobody can stand in between. */
export interface MachineKeys {
  /** Who may log in; one line, `ssh-ed25519 AAAA…`. */
  authorizedKey: pulumi.Output<string>;
  /** As what the machine shows itself. */
  hostKey: UserDataArgs["hostKey"];
  /** The way to the machine at an address; secret. */
  connectionTo(address: pulumi.Output<string>): pulumi.Output<Connection>;
}

/** Makes the two key pairs of one machine. */
export function machineKeys(name: string, opts: pulumi.CustomResourceOptions): MachineKeys {
  const deployKey = new PrivateKey(`${name}-deploy-key`, { algorithm: "ED25519" }, opts);
  const hostKey = new PrivateKey(`${name}-host-key`, { algorithm: "ED25519" }, opts);
  return {
    authorizedKey: oneLine(deployKey),
    hostKey: { privateKey: hostKey.privateKeyOpenssh, publicKey: oneLine(hostKey) },
    connectionTo: (host) =>
      pulumi.secret({
        host,
        port: 22,
        user: ubuntuUser,
        privateKey: deployKey.privateKeyOpenssh,
        hostKey: oneLine(hostKey),
      }),
  };
}

const oneLine = ({ publicKeyOpenssh }: PrivateKey): pulumi.Output<string> =>
  publicKeyOpenssh.apply((key) => key.trim());
