#!/usr/bin/env bash
# Keeps data on a volume of its own: mounted by its UUID, as large as the volume, never emptied; without it Docker stays off.
# Reads: DATA_DEVICE (absolute path; empty where there is no such volume) DATA_FOLDER DATA_STATE (a new one means a new run)
set -euo pipefail

DATA_LABEL=snikket-data

# Only a volume with nothing on it is ever formatted; ours is known by its label.
format_if_empty() {
  local seen status=0
  head -c 1M "$1" >/dev/null || fail "The data volume $DATA_DEVICE cannot be read." "On the machine, look at: dmesg"
  seen=$(blkid --probe --output export "$1") || status=$?
  if ((status == 2)) && [[ -z $seen ]]; then
    quietly "Making a filesystem on the data volume" mkfs.ext4 -q -L "$DATA_LABEL" -m 1 "$1"
  elif ! grep -qx TYPE=ext4 <<<"$seen" || ! grep -qx "LABEL=$DATA_LABEL" <<<"$seen"; then
    fail "The data volume $DATA_DEVICE holds something that this project did not put there: $(grep -E '^(TYPE|PTTYPE|LABEL)=' <<<"$seen" | paste -sd ' ' | grep . || echo "several signatures")." \
      "Nothing was touched. Where it may be deleted: wipefs --all $DATA_DEVICE. Where it is ext4 and this server's data: e2label $DATA_DEVICE $DATA_LABEL"
  fi
}

# What lies below a mount cannot be seen any more.
refuse_hidden_data() {
  [[ -z $(ls -A "$DATA_FOLDER" 2>/dev/null) ]] ||
    fail "$DATA_FOLDER on the system's disk holds data already, which the data volume would hide." "Nothing was touched. Move it away first: mv $DATA_FOLDER $DATA_FOLDER.old"
}

# A machine without its volume still boots, and can be reached; Docker starts only with it.
mount_at_boot() {
  local unit=/etc/systemd/system/docker.service.d/80-snikket-data.conf
  awk -v folder="$DATA_FOLDER" '$2 != folder' /etc/fstab >"$FILES/fstab"
  echo "UUID=$1 $DATA_FOLDER ext4 nofail,x-systemd.device-timeout=60s 0 2" >>"$FILES/fstab"
  # Without the volume, the journal says: Dependency failed for docker.service, and this description.
  printf '[Unit]\nDescription=Docker, which needs the data volume at %s\nRequiresMountsFor=%s\n' "$DATA_FOLDER" "$DATA_FOLDER" >"$FILES/docker"
  if ! cmp -s "$FILES/fstab" /etc/fstab || ! cmp -s "$FILES/docker" "$unit"; then
    install_file fstab /etc/fstab 644
    install_file docker "$unit" 644
    systemctl daemon-reload
  fi
}

mount_volume() {
  step "Mounting the data volume"
  refuse_hidden_data
  format_if_empty "$1"
  mount_at_boot "$(blkid --probe --output value --match-tag UUID "$1")"
  install -d -m 755 "$DATA_FOLDER"
  mount "$DATA_FOLDER" || fail "The data volume $DATA_DEVICE could not be mounted at $DATA_FOLDER." "On the machine, look at: dmesg"
  # After a boot without it; what ran before runs again.
  ! systemctl is-enabled --quiet docker 2>/dev/null || systemctl start docker ||
    fail "Docker does not start, now that its data are there." "On the machine, look at: journalctl -u docker -n 50"
}

# Grows the filesystem where the volume has grown; some clouds tell the kernel only when it asks.
fill_volume() {
  local rescan=/sys/class/block/${1##*/}/device/rescan
  [[ ! -w $rescan ]] || echo 1 >"$rescan"
  resize2fs "$1" >"$FILES/resize" 2>&1 || fail "The filesystem of $DATA_DEVICE does not grow: $(grep '^resize2fs: ' "$FILES/resize" || tail -n 1 "$FILES/resize")" "On the machine, look at: dmesg"
}

keep_data_volume() {
  [[ -n ${DATA_DEVICE:-} ]] || return 0
  local device
  wait_until 120 "the data volume $DATA_DEVICE" test -e "$DATA_DEVICE" ||
    fail "The data volume is not there: this machine has no $DATA_DEVICE." "Attach the volume to the machine and run this again."
  device=$(readlink -f "$DATA_DEVICE")
  mountpoint --quiet "${DATA_FOLDER:?}" || mount_volume "$device"
  # By number: a device has many names.
  [[ $(mountpoint --fs-devno "$DATA_FOLDER") == "$(mountpoint --devno "$device")" ]] ||
    fail "Something else than the data volume $DATA_DEVICE is mounted at $DATA_FOLDER: $(findmnt --noheadings --output SOURCE "$DATA_FOLDER")." \
      "Unmount it, take it out of /etc/fstab, and run this again."
  fill_volume "$device"
}
