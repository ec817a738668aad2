#!/usr/bin/env bash
# Firewalls that somebody else keeps: ufw is asked to let the port table in, of nftables people are told.
set -euo pipefail

# How our rules are told from those that people made.
COMMENT=snikket-up

# Says yes, or nothing.
active_ufw() { ! command -v ufw >/dev/null || ufw status | sed -n 's/^Status: active$/yes/p'; }

# As ufw writes it: 80/tcp, 5349:5350/udp.
ports_for_ufw() { sed -E 's/(.*) (.*) (.*)/\2:\3 \1/; s/^([0-9]+):\1 /\1 /; s/ /\//' "$PORTS"; }

let_in_by_ufw() {
  local added wanted port
  added=$(ufw show added)
  wanted=$(ports_for_ufw)
  for port in $wanted; do
    grep -qE "^ufw allow $port( |\$)" <<<"$added" || ufw allow "$port" comment "$COMMENT" >/dev/null
  done
  while read -r port; do
    grep -qxF "$port" <<<"$wanted" || ufw delete allow "$port" >/dev/null
  done < <(sed -n "s/^ufw allow \([^ ]*\) comment '$COMMENT'\$/\1/p" <<<"$added")
}

# Tables that were not made with iptables and refuse what they do not know: no rule of iptables gets past them.
closed_nftables() {
  nft list ruleset | awk '
    $1 == "table" { table = $2 " " $3 }
    $1 == "chain" { input = 0 }
    / hook input / { input = table !~ /^ip6? (filter|mangle|nat|raw|security)$/ }
    input && (/policy drop/ || /^[ \t]*(counter packets [0-9]+ bytes [0-9]+ )?(drop|reject( with .*)?)$/) { closed[table] }
    END { for (table in closed) print table }'
}

warn_of_nftables() {
  command -v nft >/dev/null || return 0
  local table
  while read -r table; do
    echo "The nftables table '$table' refuses what it does not know, and is not ours to change. Let in there: $(ports_for_ufw | paste -sd ' ')" >&2
  done < <(closed_nftables)
}
