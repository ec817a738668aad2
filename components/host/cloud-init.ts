import * as pulumi from "@pulumi/pulumi";

export interface UserDataArgs {
  /** The machine's SSH host key: made before the machine, so that its first connection is a sure one already. */
  hostKey: {
    /** In OpenSSH's format. */
    privateKey: pulumi.Input<string>;
    /** One line, `ssh-ed25519 AAAA…`. */
    publicKey: pulumi.Input<string>;
  };
  /** Whether Google's guest agent must be told to keep that key; it makes its own on the first boot. @default false */
  keepHostKey?: boolean;
}

/**
 * What cloud-init reads on the first boot; secret, for the host key is in it, and nothing else that is. It stays small
 * and never changes: clouds replace a machine whose user data does. Who may log in is told by each cloud's own metadata.
 */
export const userData = ({ hostKey, keepHostKey = false }: UserDataArgs): pulumi.Output<string> =>
  pulumi
    .all([pulumi.secret(hostKey.privateKey), hostKey.publicKey])
    .apply((keys) => cloudConfig(...keys, keepHostKey));

/** JSON is YAML. */
export const cloudConfig = (privateKey: string, publicKey: string, keepHostKey: boolean): string =>
  `#cloud-config\n${JSON.stringify({
    ssh_keys: { ed25519_private: `${privateKey.trim()}\n`, ed25519_public: publicKey.trim() },
    ssh_pwauth: false,
    disable_root: true,
    ...(keepHostKey && { bootcmd: [["sh", "-c", keepKeys]] }),
  })}\n`;

/** Of all that cloud-init can do, only this comes before the agent. */
const keepKeys =
  "printf '[InstanceSetup]\\nset_host_keys = false\\n' >/etc/default/instance_configs.cfg";
