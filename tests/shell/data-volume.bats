#!/usr/bin/env bats
load machine

setup() {
  make_machine
  put /etc/fstab "UUID=root / ext4 defaults 0 1"
  put /dev/vdb ""
  mkdir "$ROOT/dev/disk"
  ln -s ../vdb "$ROOT/dev/disk/data"
  # What is mounted is a file beside the machine.
  fake mountpoint "case \$1 in --quiet) [[ -e $ROOT/mounted ]] ;; --fs-devno) cat $ROOT/mounted ;; --devno) echo 8:16 ;; esac"
  fake mount "echo 8:16 >$ROOT/mounted"
  fake findmnt 'echo /dev/other'
  fake mkfs.ext4 "echo made >$ROOT/made"
  fake resize2fs 'echo "Nothing to do!" >&2'
  # Docker is not installed yet.
  fake systemctl '[[ $1 != is-enabled ]]'
  holds ""
}

# holds TEXT [STATUS]: what the volume has on it, until a filesystem is made.
holds() {
  fake blkid "if [[ \$* == *UUID* ]]; then echo 0a-1b; elif [[ -e $ROOT/made ]]; then echo wrong; else echo '$1' | grep . || exit ${2:-2}; fi"
}

ours=$'DEVNAME=/dev/vdb\nLABEL=snikket-data\nTYPE=ext4'

keep() {
  machine_run DATA_DEVICE="${DEVICE-$ROOT/dev/disk/data}" DATA_FOLDER="$ROOT/srv/data" host/data-volume.sh - <<X
${1-}
keep_data_volume
echo 1 >&3
X
}

@test "where there is no such volume, nothing is done" {
  DEVICE="" keep
  assert_done
  assert_calls </dev/null
}

@test "an empty volume gets a filesystem, and is mounted now and at each boot" {
  keep
  assert_done
  assert_calls <<'X'
mountpoint --quiet /srv/data
blkid --probe --output export /dev/vdb
mkfs.ext4 -q -L snikket-data -m 1 /dev/vdb
blkid --probe --output value --match-tag UUID /dev/vdb
systemctl daemon-reload
mount /srv/data
systemctl is-enabled --quiet docker
mountpoint --fs-devno /srv/data
mountpoint --devno /dev/vdb
resize2fs /dev/vdb
X
  diff - <(sed "s#$ROOT##" "$ROOT/etc/fstab") <<'X'
UUID=root / ext4 defaults 0 1
UUID=0a-1b /srv/data ext4 nofail,x-systemd.device-timeout=60s 0 2
X
  [ "$(stat -c %a "$ROOT/etc/fstab")" = 644 ]
  diff - <(sed "s#$ROOT##" "$ROOT/etc/systemd/system/docker.service.d/80-snikket-data.conf") <<'X'
[Unit]
Description=Docker, which needs the data volume at /srv/data
RequiresMountsFor=/srv/data
X
}

@test "a second run changes nothing and restarts nothing" {
  keep
  find "$ROOT/etc" -type f -exec touch -d 2001-01-01 {} +
  : >"$CALLS"
  keep
  assert_done
  not_called 'mkfs|systemctl|^mount /'
  [ -z "$(find "$ROOT/etc" -type f -newermt 2001-01-02)" ]
}

@test "a volume with this project's data is mounted as it is" {
  holds "$ours" 0
  keep
  assert_done
  grep -x "mount $ROOT/srv/data" "$CALLS"
  not_called mkfs
}

@test "a run that was cut off before the mount is finished by the next one" {
  holds "$ours" 0
  keep
  rm "$ROOT/mounted"
  : >"$CALLS"
  keep
  assert_done
  grep -x "mount $ROOT/srv/data" "$CALLS"
  not_called daemon-reload
  [ "$(grep -c srv/data "$ROOT/etc/fstab")" -eq 1 ]
}

@test "another volume takes the place of the old one in fstab" {
  put /etc/fstab "UUID=old $ROOT/srv/data ext4 nofail 0 2"
  keep
  assert_done
  [ "$(cut -d' ' -f1 "$ROOT/etc/fstab")" = UUID=0a-1b ]
}

@test "never formats what holds something" {
  for something in PTTYPE=gpt TYPE=crypto_LUKS $'LABEL=family\nTYPE=ext4' $'LABEL=snikket-data\nTYPE=xfs' $'PARTLABEL=snikket-data\nTYPE=ext4'; do
    holds "$something" 0
    keep
    assert_failed_with "holds something that this project did not put there: " "${something##*$'\n'}" "Nothing was touched."
  done
  holds "" 8
  keep
  assert_failed_with "holds something that this project did not put there: several signatures."
  not_called 'mkfs|^mount /'
  [ "$(cat "$ROOT/etc/fstab")" = "UUID=root / ext4 defaults 0 1" ]
}

@test "never formats what cannot be read" {
  rm "$ROOT/dev/vdb"
  mkdir "$ROOT/dev/vdb"
  keep
  assert_failed_with "The data volume $ROOT/dev/disk/data cannot be read."
  not_called 'mkfs|^mount /'
}

@test "never hides data on the system's disk" {
  put /srv/data/domain chat.example.org
  keep
  assert_failed_with "$ROOT/srv/data on the system's disk holds data already" "mv $ROOT/srv/data $ROOT/srv/data.old"
  not_called 'mkfs|^mount /'
}

@test "waits for the volume, and says what to do where it does not come" {
  DEVICE=$ROOT/dev/vdc keep 'wait_until() { step "at most $1 s for $2"; shift 2; "$@"; }'
  assert_failed_with "at most 120 s for the data volume" "The data volume is not there: this machine has no $ROOT/dev/vdc." "Attach the volume"
  assert_calls </dev/null
}

@test "refuses another disk in its place" {
  echo 8:32 >"$ROOT/mounted"
  keep
  assert_failed_with "Something else than the data volume $ROOT/dev/disk/data is mounted at $ROOT/srv/data: /dev/other."
  not_called 'mkfs|resize2fs'
}

@test "starts Docker again, which had stayed off without the volume" {
  fake systemctl
  holds "$ours" 0
  keep
  assert_done
  grep -x 'systemctl start docker' "$CALLS"
}

@test "fails where Docker does not start, now that it could" {
  fake systemctl '[[ $1 != start ]]'
  keep
  assert_failed_with "Docker does not start, now that its data are there."
}

@test "fails where the volume cannot be mounted" {
  fake mount 'echo "wrong fs type" >&2; exit 32'
  keep
  assert_failed_with "wrong fs type" "could not be mounted at $ROOT/srv/data."
}

@test "asks a cloud's kernel for the volume's size, then grows the filesystem" {
  put /sys/class/block/vdb/device/rescan ""
  keep
  assert_done
  [ "$(cat "$ROOT/sys/class/block/vdb/device/rescan")" = 1 ]
}

@test "fails where the filesystem does not grow, in resize2fs's words" {
  fake resize2fs 'printf "resize2fs: Permission denied to resize filesystem\nold_desc_blocks = 3\n" >&2; exit 1'
  keep
  assert_failed_with "does not grow: resize2fs: Permission denied to resize filesystem"
}
