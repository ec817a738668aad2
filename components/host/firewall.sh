#!/usr/bin/env bash
# Keeps the machine's own firewall as the port table wants it, from now on and after each boot.
# Reads: PORTS (lines "tcp 80 80"); files firewall-rules.sh snikket-firewall.service
set -euo pipefail

keep_firewall() {
  local rules=/usr/local/lib/snikket/firewall.sh unit=/etc/systemd/system/snikket-firewall.service
  step "Setting the machine's firewall"
  printf '%s\n' "${PORTS:?}" >"$FILES/ports"
  install_file ports /etc/snikket-ports 644
  install_file firewall-rules.sh "$rules" 755
  bash "$rules" || fail "The machine's firewall could not be set." "What it said stands above; on the machine, run: $rules"
  if ! cmp -s "$FILES/snikket-firewall.service" "$unit"; then
    install_file snikket-firewall.service "$unit" 644
    systemctl daemon-reload
  fi
  systemctl enable --quiet --now snikket-firewall ||
    fail "The firewall's rules will not be there after the next boot." "On the machine, look at: systemctl status snikket-firewall"
}
