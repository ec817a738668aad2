#!/usr/bin/env bash
# Makes a bare machine fit: checked, with swap where it is small, its first boot over, kept up to date, its firewall
# as the port table wants it, and its data volume mounted.
# Runs after apt.sh, ports.sh, checks.sh, firewall.sh and data-volume.sh, and reads what they do, and
#   REBOOT_AT (HH:MM or never) OWN_PORTS (of PORTS, those that nobody else may have)
set -euo pipefail

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
    mkswap /swapfile.new >/dev/null
    mv /swapfile.new /swapfile
  fi
  swapon /swapfile
  grep -q '^/swapfile ' /etc/fstab || echo '/swapfile none swap sw 0 0' >>/etc/fstab
}

finish_first_boot() {
  command -v cloud-init >/dev/null || return 0
  local status=0
  watched 600 "Waiting for the end of the first boot" "$FILES/first-boot" cloud-init status --wait || status=$?
  ((status != 124)) ||
    fail "cloud-init has not finished its first boot within 10 minutes." "On the machine, look at: cloud-init status --long"
  # What failed there may be years old, and none of our business.
  ((status == 0)) || step "cloud-init ended with complaints (on the machine: cloud-init status --long); going on"
}

PACKAGES=(unattended-upgrades ca-certificates curl openssl iproute2 procps iptables e2fsprogs)

keep_updated() {
  echo 'DPkg::Lock::Timeout "600";' >"$FILES/lock"
  install_file lock /etc/apt/apt.conf.d/80-snikket-lock 644
  finish_interrupted
  if ! are_installed "${PACKAGES[@]}"; then
    read_lists
    install_packages "Installing unattended upgrades and tools" "${PACKAGES[@]}"
  fi
  {
    printf 'APT::Periodic::%s "1";\n' Update-Package-Lists Unattended-Upgrade
    if [[ ${REBOOT_AT:?} == never ]]; then
      echo 'Unattended-Upgrade::Automatic-Reboot "false";'
    else
      printf 'Unattended-Upgrade::Automatic-Reboot%s;\n' ' "true"' "-Time \"$REBOOT_AT\""
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
  check_ports "${OWN_PORTS:?}"
  ensure_swap
  finish_first_boot
  keep_updated
  cap_journal
  keep_firewall
  keep_data_volume
  date +%s.%N >&3
}

main "$@" </dev/null
