import { machine } from "./e2e";
import { deployment } from "./e2e-stack";
import { runOn } from "./e2e-steps";

/** What has to be the same after a fault, a line each. */
export async function sound(name = machine): Promise<string[]> {
  const { code, output, stdout } = await runOn(name, look);
  if (code !== 0) throw new Error(`the machine could not be looked at (${code}): ${output}`);
  return [...stdout.trim().split("\n"), ...ofStack()];
}

/** The stack's resources, and what the engine was doing when it was cut off. */
function ofStack(): string[] {
  const { resources, pending_operations: pending = [] } = deployment();
  return [
    ...resources.map(({ urn }) => `resource ${urn.split("::").slice(-2).join(" ")}`),
    ...pending.map(({ resource }) => `pending ${resource.urn}`),
  ];
}

/** Puts down something that only this server's data contain. */
export const markData = async (name = machine): Promise<void> => {
  await runOn(name, "date +%s.%N >/var/lib/snikket/data/marker");
};

/** Settings line by line; everything else as a whole; what is ours and temporary, or half done, by its name. */
const look = `set -euo pipefail
sed 's/^/conf /' /etc/snikket/snikket.conf
stat -c 'mode %a %U %n' /etc/snikket/snikket.conf
sed 's/^/updates /' /etc/apt/apt.conf.d/80-snikket-updates
cd /
find etc/snikket etc/snikket-ports etc/systemd/system/snikket-firewall.service usr/local/lib/snikket var/lib/snikket/domain \\
  var/lib/snikket/secrets.conf etc/apt/apt.conf.d/80-snikket-lock etc/systemd/journald.conf.d \\
  -type f -not -name snikket.conf -printf '%m %u:%g %p ' -exec sh -c 'sha256sum <"$1"' - {} \\; | sort
[ ! -e var/lib/snikket/data/marker ] || sha256sum var/lib/snikket/data/marker
docker ps --all --format '{{.Names}}' | sort | while read -r name; do
  docker inspect --format 'container {{.Name}} {{.Config.Image}} {{.State.Status}} {{with .State.Health}}{{if ne .Status "unhealthy"}}sound{{else}}unhealthy{{end}}{{end}}' "$name"
done
docker volume ls --format 'volume {{.Name}}' | sort
dpkg-query --show --showformat '\${Package} \${Version} \${db:Status-Status}\\n' 'docker*' 'containerd*' 2>/dev/null | grep -v not-installed
dpkg --audit | sed 's/^/half configured: /'
systemctl is-enabled docker snikket-firewall unattended-upgrades | sed 's/^/enabled /'
systemctl --failed --plain --no-legend | awk '{print "failed unit " $1}'
iptables-save -t filter | grep -v '^#' | sed 's/\\[[0-9]*:[0-9]*\\]//'
ip6tables-save -t filter 2>/dev/null | grep -v '^#' | sed 's/\\[[0-9]*:[0-9]*\\]//'
findmnt --noheadings --output TARGET,FSTYPE --target /var/lib/snikket
findmnt --noheadings --output TARGET,FSTYPE --target /var/lib/docker
for left in /tmp/snikket-up.* /tmp/tmp.* /etc/snikket/*.new /etc/*.new /var/lib/snikket/*.new /usr/local/lib/snikket/*.new /etc/apt/apt.conf.d/*.new; do
  [ ! -e "$left" ] || echo "left behind: $left"
done
flock --nonblock /run/snikket-up.lock true 2>/dev/null || echo 'left behind: the lock'
pgrep -x -a bash | grep -F 'bash -s #' | sed 's/^[0-9]*/left behind: process/' || :
`;
