#!/usr/bin/env bash
# Makes a bare machine fit: checked, with swap where it is small, its first boot over, kept up to date.
# Reads: REBOOT_AT (HH:MM or never)
set -euo pipefail

check_system() {
  local id version
  id=$(sed -n 's/^ID=//p' /etc/os-release | tr -d '"')
  version=$(sed -n 's/^VERSION_ID=//p' /etc/os-release | tr -d '"')
  case "$id $version" in
  "debian 12" | "debian 13" | "ubuntu 22.04" | "ubuntu 24.04") ;;
  *) fail "This machine runs ${id:-something unknown} $version." \
    "Supported are Debian 12 and 13, Ubuntu 22.04 and 24.04: install one of these." ;;
  esac
  case $(dpkg --print-architecture) in
  amd64 | arm64) ;;
  *) fail "This machine is of the architecture $(dpkg --print-architecture)." "Snikket's images exist for amd64 and arm64." ;;
  esac
}

check_size() {
  local memory disk
  memory=$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
  if ((memory < ${MINIMUM_MEMORY_MB:-700})); then
    fail "This machine has $memory MB of memory." "Snikket needs 1 GB: take a larger machine."
  fi
  disk=$(df --output=avail -m /var | tail -n 1)
  if ((disk < ${MINIMUM_DISK_MB:-4000})) && [[ ! -e /var/lib/snikket ]]; then
    fail "/var has $((disk)) MB of free disk." "Docker and Snikket need 4 GB and room for files: free some, or take a larger disk."
  fi
}

# Before anything else: on 1 GB, the first boot's own work and apt together do not fit.
ensure_swap() {
  local memory
  memory=$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
  # Swap in a container would be the whole machine's.
  if ((memory >= 2048)) || [[ -n $(swapon --noheadings) ]] || systemd-detect-virt --quiet --container; then return 0; fi
  step "Adding 2 GB of swap"
  if [[ ! -e /swapfile ]]; then
    dd if=/dev/zero of=/swapfile.new bs=1M count=2048 status=none
    chmod 600 /swapfile.new
    mkswap --quiet /swapfile.new
    mv /swapfile.new /swapfile
  fi
  grep -q '^/swapfile ' /etc/fstab || echo '/swapfile none swap sw 0 0' >>/etc/fstab
  swapon /swapfile
}

finish_first_boot() {
  command -v cloud-init >/dev/null || return 0
  # Exit status 2 says that it worked with complaints.
  timeout 600 cloud-init status --wait >/dev/null || (($? == 2)) ||
    fail "cloud-init has not finished its first boot within 10 minutes." "On the machine, look at: cloud-init status --long"
}

PACKAGES=(unattended-upgrades ca-certificates curl openssl iproute2 procps)

keep_updated() {
  echo 'DPkg::Lock::Timeout "600";' >"$FILES/lock"
  install_file lock /etc/apt/apt.conf.d/80-snikket-lock 644
  if ! dpkg -s "${PACKAGES[@]}" >/dev/null 2>&1; then
    quietly "Reading the package lists" apt-get update -q
    quietly "Installing unattended upgrades and tools" apt-get install -qy --no-install-recommends "${PACKAGES[@]}"
  fi
  {
    echo 'APT::Periodic::Update-Package-Lists "1";'
    echo 'APT::Periodic::Unattended-Upgrade "1";'
    if [[ ${REBOOT_AT:?} == never ]]; then
      echo 'Unattended-Upgrade::Automatic-Reboot "false";'
    else
      echo 'Unattended-Upgrade::Automatic-Reboot "true";'
      echo "Unattended-Upgrade::Automatic-Reboot-Time \"$REBOOT_AT\";"
    fi
  } >"$FILES/updates"
  install_file updates /etc/apt/apt.conf.d/80-snikket-updates 644
  [[ $(apt-config dump APT::Periodic::Unattended-Upgrade) == *'"1"'* ]] ||
    fail "Unattended upgrades stay off." "On the machine, look at: apt-config dump APT::Periodic"
}

cap_journal() {
  printf '[Journal]\nSystemMaxUse=200M\n' >"$FILES/journald"
  if ! cmp -s "$FILES/journald" /etc/systemd/journald.conf.d/80-snikket.conf; then
    install_file journald /etc/systemd/journald.conf.d/80-snikket.conf 644
    systemctl restart systemd-journald
  fi
}

main() {
  step "Checking the machine"
  check_system
  check_size
  ensure_swap
  finish_first_boot
  keep_updated
  cap_journal
  date +%s.%N >&3
}

main "$@" </dev/null
