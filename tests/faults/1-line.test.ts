import { bringUp, onMachine } from "../support/e2e";
import { fault, newSetting } from "../support/fault";
import { cutLines } from "../support/fault-cuts";

beforeAll(() => bringUp({ settings: "any" }));

cutLines(Number(process.env.FAULT_RUNS ?? 50));

/** Ends the SSH session of the last step where its files are removed: it has reported, and has not ended yet. */
const rm = `#!/bin/sh
if [ -e "$2/seal.key" ] && sleep 1; then
  pid=$$
  until grep -q ^sshd /proc/$pid/comm; do pid=$(awk '/^PPid/ {print $2}' /proc/$pid/status); done
  kill -9 $pid
fi
exec /usr/bin/rm "$@"`;

fault({
  name: "snikket-deploy: the session is lost between its report and its end",
  async cause() {
    await onMachine(`cat >/usr/local/bin/rm <<'X' && chmod +x /usr/local/bin/rm\n${rm}\nX`);
    return async () => {
      await onMachine("/usr/bin/rm /usr/local/bin/rm");
    };
  },
  change: newSetting,
  // The error shows what came, and that is sealed.
  says: /error: [\s\S]*\bU2FsdGVkX1/,
  within: 20,
});
