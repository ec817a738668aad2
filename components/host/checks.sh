#!/usr/bin/env bash
# What a machine must be before anything is done to it.
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
  [[ -e /proc/net/if_inet6 ]] || fail "IPv6 is switched off in this machine's kernel." \
    "Snikket's web server needs it, even where there is no IPv6 address: remove ipv6.disable=1 from the boot options."
}

check_size() {
  local memory disk
  memory=$(awk '/^MemTotal/ {print int($2 / 1024)}' /proc/meminfo)
  if ((memory < 700)); then
    fail "This machine has $memory MB of memory." "Snikket needs 1 GB: take a larger machine."
  fi
  disk=$(df --output=avail -m /var | tail -n 1)
  if ((disk < 4000)) && [[ ! -e /var/lib/snikket ]]; then
    fail "/var has $((disk)) MB of free disk." "Docker and Snikket need 4 GB and room for files: free some, or take a larger disk."
  fi
}
