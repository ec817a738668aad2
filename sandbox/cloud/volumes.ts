import { copyInto } from "../boot";
import { docker } from "../docker";
import { folder, inCloud } from "./router";
import type { Machine, Volume } from "./world";

/** Each volume is a sparse file, and for as long as it exists a loop device; both outlive the machines. */
const keepFiles = `mkdir -p "$1" && cd "$1" && shift
  for file in *; do
    [ -e "$file" ] || continue
    case " $* " in *" $file="*) continue ;; esac
    losetup --noheadings --output NAME --associated "$file" | xargs -r losetup --detach
    rm "$file"
  done
  for volume; do
    file=\${volume%=*}
    truncate --size ">\${volume#*=}G" "$file"
    device=$(losetup --noheadings --output NAME --associated "$file" | head -n 1)
    if [ "$device" ]; then losetup --set-capacity "$device"; else device=$(losetup --find --show "$file"); fi
    echo "\${device#/dev/}"
  done`;

/** Makes these the only volumes; gives the loop device of each, by the volume's id, as `loop3`. */
export async function ensureVolumes(volumes: Volume[]): Promise<Map<string, string>> {
  const wanted = volumes.map(({ id, gb }) => `${encodeURIComponent(id)}=${gb}`);
  const devices = (await inCloud(keepFiles, [`${folder}/volumes`, ...wanted])).split("\n");
  return new Map(volumes.map(({ id }, index) => [id, devices[index] ?? ""]));
}

/** Gives a machine the devices of its volumes, now and at each boot, and takes those away that are no longer its own. */
export async function attach(
  container: string,
  { attached, running }: Machine,
  devices: Map<string, string>,
): Promise<void> {
  const lines = Object.entries(attached).flatMap(([id, name]) => {
    const device = devices.get(id) ?? "";
    const number = `7:${device.replace("loop", "")}`;
    return [`b+ /dev/${device} 0660 root disk - ${number}`, `L+ ${name} - - - - /dev/${device}`];
  });
  const own = lines.map((line) => line.split(" ")[1] ?? "");
  await copyInto(container, "/etc/tmpfiles.d", { "volumes.conf": `${lines.join("\n")}\n` });
  if (!running) return;
  await docker(["exec", container, "sh", "-euc", takeDevices, "attach", ...own]);
}

const takeDevices = `systemd-tmpfiles --prefix=/dev --create volumes.conf
  for node in /dev/loop[0-9]* /dev/oracleoci/* /dev/disk/by-id/google-*; do
    case " $* " in *" $node "*) ;; *) rm -f "$node" ;; esac
  done
  # As udev at once; in a boot it is still to come.
  systemctl restart volumes-by-uuid 2>/dev/null || :`;
