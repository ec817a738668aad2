#!/usr/bin/env bats
load machine

setup() {
  make_machine
  system debian 12
  memory 4000
  disk 20000
  put /proc/net/if_inet6 ""
  fake dpkg 'case $1 in -s) shift && printf "Status: install ok installed\n%.0s" "$@" ;; --audit) ;; *) echo amd64 ;; esac'
  fake apt-config 'echo "APT::Periodic::Unattended-Upgrade \"1\";"'
  fake apt-get
  fake swapon
  fake ss
  fake systemctl
  fake systemd-detect-virt 'exit 1'
}

system() { put /etc/os-release "$(printf 'NAME=x\nID=%s\nVERSION_ID="%s"' "$1" "$2")"; }
memory() { put /proc/meminfo "MemTotal:       $(($1 * 1024)) kB"; }
disk() { fake df "echo Avail; echo $1"; }

# prepare [VARIABLE=value…]
prepare() {
  machine_run REBOOT_AT=04:00 PORTS='tcp 80 80' OWN_PORTS='tcp 80 80' "$@" - remote/{apt,ports}.sh host/{checks,firewall,data-volume,prepare}.sh <<'X'
echo true >"$FILES/firewall-rules.sh"
echo "[Unit]" >"$FILES/snikket-firewall.service"
eval "${FASTER-}"
X
}

@test "a machine that is fit: writes its settings, installs nothing, and reports" {
  prepare
  assert_done
  assert_calls <<'X'
dpkg --print-architecture
df --output=avail -m /var
ss -Hlnp --tcp sport = :80
dpkg --audit
dpkg -s unattended-upgrades ca-certificates curl openssl iproute2 procps iptables e2fsprogs
apt-config dump APT::Periodic::Unattended-Upgrade
systemctl restart systemd-journald
systemctl daemon-reload
systemctl enable --quiet --now snikket-firewall
X
  [ "$(cat "$ROOT/etc/apt/apt.conf.d/80-snikket-updates")" = 'APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-Time "04:00";' ]
}

@test "a second run changes nothing and restarts nothing" {
  prepare
  find "$ROOT/etc" -type f -exec touch -d 2001-01-01 {} +
  : >"$CALLS"
  prepare
  assert_done
  not_called 'restart|reload|apt-get'
  [ -z "$(find "$ROOT/etc" -type f -newermt 2001-01-02)" ]
}

@test "never restarts the machine where that is wanted" {
  prepare REBOOT_AT=never
  assert_done
  grep -x 'Unattended-Upgrade::Automatic-Reboot "false";' "$ROOT/etc/apt/apt.conf.d/80-snikket-updates"
}

@test "installs what is missing" {
  fake dpkg '[[ $1 == -s ]] && exit 1; [[ $1 == --audit ]] || echo arm64'
  prepare
  assert_done
  grep -x 'apt-get update -q' "$CALLS"
  grep -x 'apt-get install -qy --no-install-recommends unattended-upgrades ca-certificates curl openssl iproute2 procps iptables e2fsprogs' "$CALLS"
}

@test "installs nothing that saves firewall rules beside ufw: the one removes the other" {
  fake dpkg '[[ $1 == -s ]] && exit 1; [[ $1 == --audit ]] || echo arm64'
  fake ufw "echo 'Status: active'"
  prepare
  assert_done
  grep 'apt-get install .* iptables' "$CALLS"
  not_called '(iptables|netfilter)-persistent'
}

@test "installs again what somebody has removed, though its settings are left" {
  fake dpkg "case \$1 in -s) for name in \"\${@:2}\"; do [[ \$name == curl ]] && echo 'Status: deinstall ok config-files' || echo 'Status: install ok installed'; done ;; --audit) ;; *) echo amd64 ;; esac"
  prepare
  assert_done
  grep 'apt-get install .* curl' "$CALLS"
}

@test "fails where apt fails, with apt's own words" {
  fake dpkg '[[ $1 == -s ]] && exit 1; [[ $1 == --audit ]] || echo amd64'
  fake apt-get 'echo "E: Unable to locate package"; exit 100'
  prepare
  assert_failed_with "E: Unable to locate package" "ERROR: Installing unattended upgrades and tools: that failed (exit status 100)." \
    "Mend what the lines with E: and W: tell of"
}

@test "waits for another program that reads the package lists" {
  fake dpkg '[[ $1 == -s ]] && exit 1; [[ $1 == --audit ]] || echo amd64'
  fake apt-get "[[ \$1 != update || -e $ROOT/tmp/asked ]] || { touch $ROOT/tmp/asked; echo 'E: Could not get lock /var/lib/apt/lists/lock.'; exit 100; }"
  prepare
  assert_done
  [ "$(grep -c 'apt-get update' "$CALLS")" -eq 2 ]
}

@test "waits 20 minutes for another program that keeps apt busy, and says at the end what apt says" {
  fake apt-get 'echo "Reading package lists..."; echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 4711 (packagekitd)"; exit 100'
  machine_run remote/apt.sh - <<<'unset SECONDS; SECONDS=0; sleep() { [[ $1 == 0.1 ]] || SECONDS=$((SECONDS + 600)); }; read_lists; echo on >&3'
  assert_failed_with "600 s of at most 1200 s; E: Could not get lock /var/lib/apt/lists/lock. It is held by process 4711 (packagekitd)" "ERROR: Another program has kept apt busy for 20 minutes." \
    "Seen last: E: Could not get lock /var/lib/apt/lists/lock. It is held by process 4711 (packagekitd)"
  [ "$(grep -c 'apt-get update' "$CALLS")" -eq 3 ]
}

@test "one reading of the package lists that hangs is ended after 10 minutes" {
  fake timeout 'exit 124'
  machine_run remote/apt.sh - <<<'read_lists; echo on >&3'
  [ "$output" = on ]
  assert_calls <<<'timeout --kill-after=60 600 apt-get update -q'
}

@test "finishes an installation that was cut off" {
  fake dpkg 'case $1 in -s) echo "Status: install ok installed" ;; --audit) echo half ;; *) echo amd64 ;; esac'
  prepare
  assert_done
  grep -x 'dpkg --configure -a' "$CALLS"
}

@test "waits for another program that is just installing, and names it" {
  fake dpkg '[[ $1 != --audit ]] || echo half'
  put /var/lib/dpkg/lock-frontend ""
  put /proc/4711/comm unattended-upgr
  put /proc/locks "$(printf '1: FLOCK  ADVISORY  WRITE 1 fe:01:1 0 EOF\n2: POSIX  ADVISORY  WRITE 4711 fe:01:%s 0 EOF' "$(stat -c %i "$ROOT/var/lib/dpkg/lock-frontend")")"
  machine_run remote/apt.sh - <<<'unset SECONDS; SECONDS=0; sleep() { SECONDS=$((SECONDS + 600)); }; finish_interrupted; echo on >&3'
  assert_failed_with "600 s of at most 1200 s; process 4711 (unattended-upgr) installs" "ERROR: Another program has kept apt busy for 20 minutes." \
    "Seen last: process 4711 (unattended-upgr) installs or removes packages"
  not_called 'configure'
  put /proc/locks ""
  machine_run remote/apt.sh - <<<'finish_interrupted; echo on >&3'
  [ "$output" = on ]
  grep -x 'dpkg --configure -a' "$CALLS"
}

@test "refuses a kernel without IPv6" {
  rm "$ROOT/proc/net/if_inet6"
  prepare
  assert_failed_with "IPv6 is switched off in this machine's kernel." "remove ipv6.disable=1"
}

@test "fails where unattended upgrades stay off" {
  fake apt-config 'echo "APT::Periodic::Unattended-Upgrade \"0\";"'
  prepare
  assert_failed_with "Unattended upgrades stay off." "apt-config dump"
}

@test "takes Debian 12 and 13, Ubuntu 22.04 and 24.04" {
  for known in "debian 12" "debian 13" "ubuntu 22.04" "ubuntu 24.04"; do
    system $known
    prepare
    assert_done
  done
}

@test "refuses other systems, before anything is changed" {
  for other in "debian 11" "ubuntu 20.04" "ubuntu 25.04" "fedora 41" "raspbian 12"; do
    system $other
    prepare
    assert_failed_with "This machine runs $other." "Supported are Debian 12 and 13, Ubuntu 22.04 and 24.04"
  done
  not_called 'apt-get'
  [ ! -e "$ROOT/etc/apt" ]
}

@test "refuses a machine that does not say what it is" {
  put /etc/os-release "NAME=x"
  prepare
  assert_failed_with "This machine runs something unknown"
}

@test "refuses another architecture" {
  fake dpkg 'echo armhf'
  prepare
  assert_failed_with "This machine is of the architecture armhf." "Snikket's images exist for amd64 and arm64."
}

@test "refuses too little memory, before anything is changed" {
  memory 480
  prepare
  assert_failed_with "This machine has 480 MB of memory." "Snikket needs 1 GB: take a larger machine."
  [ ! -e "$ROOT/etc/apt" ]
}

@test "refuses too little disk for a new server, before anything is changed" {
  disk 1500
  prepare
  assert_failed_with "/var has 1500 MB of free disk." "Docker and Snikket need 4 GB"
  [ ! -e "$ROOT/etc/apt" ]
}

@test "does not stop a server that runs because its people have filled the disk" {
  disk 1500
  mkdir -p "$ROOT/var/lib/snikket"
  prepare
  assert_done
}

@test "refuses a machine where others have the server's ports, before anything is changed" {
  memory 960
  fake ss 'echo "LISTEN 0 511 *:80 *:* users:((\"nginx\",pid=4711,fd=6))"'
  put /proc/4711/cgroup 0::/system.slice/nginx.service
  put /proc/4711/comm nginx
  prepare
  assert_failed_with "Port 80/tcp is taken by nginx (process 4711)."
  not_called '^(dd|swapon|apt-get|systemctl)'
  [ "$(cd "$ROOT" && find etc -type f)" = etc/os-release ]
}

@test "adds swap to a small machine, once" {
  memory 960
  fake dd 'for a in "$@"; do [[ $a == of=* ]] && : >"${a#of=}"; done; true'
  fake mkswap
  put /etc/fstab "# empty"
  prepare
  assert_done
  grep -x 'swapon .*/swapfile' "$CALLS"
  [ "$(grep -c swapfile "$ROOT/etc/fstab")" -eq 1 ]
  [ "$(stat -c %a "$ROOT/swapfile")" = 600 ]
  : >"$CALLS"
  prepare
  [ "$(grep -c swapfile "$ROOT/etc/fstab")" -eq 1 ]
  not_called '^(dd|mkswap)'
}

@test "adds no swap where there is some, and none in a container, where it would be the host's" {
  memory 960
  fake swapon 'echo "/dev/sda2 partition"'
  prepare
  assert_done
  fake swapon
  fake systemd-detect-virt 'exit 0'
  prepare
  assert_done
  [ ! -e "$ROOT/swapfile" ]
}

@test "waits for the first boot, and takes one that complains" {
  fake cloud-init 'exit 2'
  prepare
  assert_done
  grep -x 'cloud-init status --wait' "$CALLS"
}

@test "says that the first boot still goes on" {
  fake cloud-init 'printf ....; sleep 0.6'
  prepare FASTER='sleep() { SECONDS=$((SECONDS + 10)); command sleep 0.05; }'
  assert_done
  [[ $stderr == *"Waiting for the end of the first boot: 10 s of at most 600 s; it says: ...."* ]]
}

@test "goes on where the first boot ended with complaints, and says so" {
  fake cloud-init 'exit 1'
  prepare
  assert_done
  [[ $stderr == *"cloud-init ended with complaints"* ]]
}

@test "fails where the first boot does not end" {
  fake cloud-init
  fake timeout '[[ $* != *cloud-init* ]] || exit 124'
  prepare
  assert_failed_with "cloud-init has not finished its first boot within 10 minutes." "cloud-init status --long"
}

@test "mounts the data volume, where there is one, last of all" {
  put /dev/vdb ""
  fake mountpoint 'case $1 in --*devno) echo 8:16 ;; esac'
  fake resize2fs
  prepare DATA_DEVICE="$ROOT/dev/vdb" DATA_FOLDER="$ROOT/srv/data"
  assert_done
  diff - <(tail -n 5 "$CALLS" | sed "s#$ROOT##g") <<'X'
systemctl enable --quiet --now snikket-firewall
mountpoint --quiet /srv/data
mountpoint --fs-devno /srv/data
mountpoint --devno /dev/vdb
resize2fs /dev/vdb
X
}
