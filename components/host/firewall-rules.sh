#!/usr/bin/env bash
# The machine's own firewall: lets the port table in where something refuses it, and keeps the cloud's metadata
# service, which hands out the user data, for root alone. Runs at each boot; empties no chain but its own.
# Runs after firewall-others.sh. Reads: /etc/snikket-ports (lines "tcp 80 80": protocol, first and last port)
set -euo pipefail
export LC_ALL=C.UTF-8

PORTS=/etc/snikket-ports
INPUT=SNIKKET-INPUT
METADATA=SNIKKET-METADATA

# Fills a chain of ours in one piece from standard input, and leads another chain to it; a place is a number, "keep"
# where it is led to already, or "none" where it has to go: fill iptables|ip6tables TABLE FROM CHAIN PLACE
fill() {
  local command=$1 table=$2 from=$3 chain=$4 place=$5 present
  present=$("$command" -w 30 -t "$table" -S)
  [[ $place != none || $present == *"-N $chain"* ]] || return 0
  {
    printf '*%s\n:%s - [0:0]\n' "$table" "$chain"
    sed "s/^/-A $chain /"
    [[ $place == keep ]] || sed -n "s/^-A \($from -j $chain\)\$/-D \1/p" <<<"$present"
    case $place in
    keep) ;;
    none) echo "-X $chain" ;;
    *) echo "-I $from $place -j $chain" ;;
    esac
    echo COMMIT
  } | "$command-restore" -w 30 --noflush
}

# Where in INPUT the port table belongs: above the first rule that refuses everybody, below those that refuse known
# addresses. "keep" where it is; "none" where nothing refuses, or only ufw, which has rules for it of its own.
place_in_input() {
  awk -v own="$INPUT" -v ufw="$UFW" '
    function refuses(target, list, count, k) {
      if (target == "DROP" || target == "REJECT") return 1
      count = split(targets[target], list, " ")
      for (k = 1; k <= count; k++) if (refuses(list[k])) return 1
      return 0
    }
    $1 == "-P" && $2 == "INPUT" { closed = $3 != "ACCEPT" && !ufw }
    $1 == "-A" {
      gsub(/"[^"]*"/, "")
      target = match($0, / -[jg] [^ ]+/) ? substr($0, RSTART + 4, RLENGTH - 4) : ""
      if (/[^!] (-s|--match-set) |INVALID/ || ufw && target ~ /^ufw6?-/) target = ""
      if ($2 == "INPUT") input[++rules] = target
      else targets[$2] = targets[$2] " " target
    }
    END {
      for (k = 1; k <= rules; k++) {
        if (input[k] == own) { jumps++; above = !place; continue }
        others++
        if (!place && refuses(input[k])) place = others
      }
      if (!place && closed) place = others + 1
      print !place ? "none" : jumps == 1 && above ? "keep" : place
    }'
}

let_in() {
  local place
  place=$("$1" -w 30 -S | place_in_input)
  if [[ $place == none ]]; then fill "$1" filter INPUT "$INPUT" none </dev/null; else
    sed -E 's/(.*) (.*) (.*)/-p \1 -m \1 --dport \2:\3 -j ACCEPT/' "$PORTS" | fill "$1" filter INPUT "$INPUT" "$place"
  fi
}

# "keep" where a chain leads to ours before all else.
at_the_top() {
  local first
  first=$("$1" -w 30 -t "$2" -S "$3" | sed -n 2p)
  [[ $first == "-A $3 -j $METADATA" ]] && echo keep || echo 1
}

# Names are asked at the same address, so TCP's other ports are closed; without its first packet, nothing comes.
guard_metadata() {
  local command=$1 connect="-d & -p tcp ! --dport 53 --syn"
  shift
  printf '%s\n' "$@" | sed "s|.*|$connect -m owner ! --uid-owner 0 -j REJECT --reject-with tcp-reset|" |
    fill "$command" filter OUTPUT "$METADATA" "$(at_the_top "$command" filter OUTPUT)"
  # Containers with a network of their own; in the other table, Docker puts itself first.
  printf '%s\n' "$@" | sed "s|.*|$connect -j DROP|" |
    fill "$command" mangle FORWARD "$METADATA" "$(at_the_top "$command" mangle FORWARD)"
}

main() {
  # Of all clouds; by IPv6 of Oracle, Amazon (where machines of one's own may be) and Google.
  guard_metadata iptables 169.254.169.254
  guard_metadata ip6tables fd00:c1::a9fe:a9fe fd00:ec2::254 fd20:ce::254
  UFW=$(active_ufw)
  if [[ $UFW ]]; then let_in_by_ufw; else warn_of_nftables; fi
  let_in iptables
  let_in ip6tables
}

main "$@" </dev/null
