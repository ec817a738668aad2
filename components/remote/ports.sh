#!/usr/bin/env bash
# Who has the ports that the server needs.
set -euo pipefail

# The process that listens on a port, unless it is one of Snikket's own containers, or has ended meanwhile.
taken_by() {
  local pid id name containers
  [[ $(ss -Hlnp "--$1" "sport = :$2") =~ pid=([0-9]+) ]] || return 0
  pid=${BASH_REMATCH[1]}
  if id=$(grep -oE '[0-9a-f]{64}' "/proc/$pid/cgroup" 2>/dev/null | tail -n 1) && command -v docker >/dev/null; then
    # Whose container that is, only Docker knows: while it does not answer, nobody is accused.
    containers=$(timeout 10 docker ps --no-trunc --format '{{.ID}} {{.Names}}' 2>/dev/null) || return 0
    ! grep -qE "^$id snikket(-|\$)" <<<"$containers" || return 0
  fi
  ! name=$(cat "/proc/$pid/comm" 2>/dev/null) || printf '%s (process %s)' "$name" "$pid"
}

# check_ports "tcp 80…": a line for each port, with its protocol first
check_ports() {
  local protocol port taker
  # A bare machine may have no means to tell; before the deployment it is asked again.
  command -v ss >/dev/null || return 0
  while read -r protocol port _; do
    taker=$(taken_by "$protocol" "$port")
    [[ -z $taker ]] || fail "Port $port/$protocol is taken by $taker." "Stop it and keep it from starting again, for Snikket needs this port."
  done <<<"$1"
}
