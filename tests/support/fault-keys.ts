import { type Fault, newSetting } from "./fault";
import { onIt } from "./fault-victim";

const keys = "/home/ubuntu/.ssh/authorized_keys";

const files = "/etc/ssh/ssh_host_ed25519_key";

/** Somebody changes what lets the stack into the machine. */
export const ofKeys = {
  hostKey: {
    name: "another host key is shown than the known one",
    cause: onIt(
      `cp -p ${files} ${files}.pub /root/
      rm ${files} ${files}.pub; ssh-keygen -q -t ed25519 -N '' -f ${files}; systemctl restart ssh`,
      "mv /root/ssh_host_ed25519_key* /etc/ssh/; systemctl restart ssh",
    ),
    change: newSetting,
    says: /shows another host key than the configured one. Nothing was sent./,
    within: 30,
  },
  /** On a machine from a cloud, which knows no other key. */
  deployKey: {
    name: "the key of the stack is no longer let in",
    cause: onIt(
      `mv ${keys} /root/; ssh-keygen -q -t ed25519 -N '' -f /root/other; cp /root/other.pub ${keys}`,
      `mv /root/authorized_keys ${keys}; rm /root/other*`,
    ),
    change: newSetting,
    says: /refuses the private key [\s\S]*A machine from a cloud .*: if somebody changed that, replace the machine\./,
    within: 30,
  },
} satisfies Record<string, Fault>;
