#!/usr/bin/env bats
load machine

setup() {
  make_machine
  for family in iptables ip6tables; do
    fake $family "table=filter chain=
      while ((\$#)); do case \$1 in -t) table=\$2 ;; -S) chain=\${2-} ;; esac; shift; done
      while read -r rule; do [[ \$chain && \$rule != ??\ \$chain* ]] || echo \"\$rule\"; done <$ROOT/$family.\$table"
    fake $family-restore "while read -r line; do echo \"\$line\"; done >>$CALLS"
    for table in filter mangle; do present $family $table </dev/null; done
  done
  put /etc/snikket-ports $'tcp 80 80\nudp 5349 5350'
}

# The rules of a table after its policies, as `iptables -S` shows them.
present() {
  { printf -- '-P %s ACCEPT\n' INPUT FORWARD OUTPUT && cat; } >"$ROOT/$1.$2"
}

rules() { machine_run host/firewall-others.sh host/firewall-rules.sh; }

# What was handed to iptables-restore for one chain: restored FAMILY TABLE CHAIN
restored() {
  awk -v family="$1-restore" -v table="*$2" -v chain=":$3 -" '
    $1 ~ /-restore$/ { mine = $1 == family }
    mine && /^[*]/ { at = $0 == table; text = "" }
    mine && at { text = text $0 "\n" }
    /^COMMIT/ { if (mine && at && index(text, chain)) printf "%s", text; at = 0 }' "$CALLS"
}

ok() { [[ $status -eq 0 ]] || { echo "exit status $status; stderr: $stderr" && return 1; }; }

# Oracle's own: everything but SSH is refused.
oracle() {
  present iptables filter <<'X'
-N InstanceServices
-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p tcp -m state --state NEW -m tcp --dport 22 -j ACCEPT
-A INPUT -j REJECT --reject-with icmp-host-prohibited
-A OUTPUT -d 169.254.0.0/16 -j InstanceServices
-A InstanceServices -d 169.254.0.0/16 -p tcp -m tcp -m comment --comment "not -j ACCEPT" -j REJECT --reject-with tcp-reset
X
}

@test "where nothing refuses, no port is let in, and the metadata service is for root all the same" {
  rules
  ok
  diff - <(restored iptables filter SNIKKET-METADATA) <<'X'
*filter
:SNIKKET-METADATA - [0:0]
-A SNIKKET-METADATA -d 169.254.169.254 -p tcp ! --dport 53 --syn -m owner ! --uid-owner 0 -j REJECT --reject-with tcp-reset
-I OUTPUT 1 -j SNIKKET-METADATA
COMMIT
X
  diff - <(restored ip6tables mangle SNIKKET-METADATA) <<'X'
*mangle
:SNIKKET-METADATA - [0:0]
-A SNIKKET-METADATA -d fd00:c1::a9fe:a9fe -p tcp ! --dport 53 --syn -j DROP
-A SNIKKET-METADATA -d fd00:ec2::254 -p tcp ! --dport 53 --syn -j DROP
-A SNIKKET-METADATA -d fd20:ce::254 -p tcp ! --dport 53 --syn -j DROP
-I FORWARD 1 -j SNIKKET-METADATA
COMMIT
X
  not_called 'SNIKKET-INPUT'
}

@test "lets the ports in above the rule that refuses, for the kind of address that it refuses" {
  oracle
  rules
  ok
  diff - <(restored iptables filter SNIKKET-INPUT) <<'X'
*filter
:SNIKKET-INPUT - [0:0]
-A SNIKKET-INPUT -p tcp -m tcp --dport 80:80 -j ACCEPT
-A SNIKKET-INPUT -p udp -m udp --dport 5349:5350 -j ACCEPT
-I INPUT 3 -j SNIKKET-INPUT
COMMIT
X
  [ -z "$(restored ip6tables filter SNIKKET-INPUT)" ]
}

@test "leads to its chains once, however often it runs" {
  present iptables filter <<'X'
-N SNIKKET-INPUT
-A INPUT -p icmp -j ACCEPT
-A INPUT -j SNIKKET-INPUT
-A INPUT -j REJECT
-A OUTPUT -j SNIKKET-METADATA
X
  rules
  ok
  restored iptables filter SNIKKET-INPUT | grep -x ':SNIKKET-INPUT - \[0:0\]'
  [ "$(restored iptables filter SNIKKET-INPUT | grep -cE '^-[DI]')" -eq 0 ]
  [ "$(restored iptables filter SNIKKET-METADATA | grep -cE '^(-[DI]|:)')" -eq 1 ]
}

@test "moves up where somebody put a refusal above" {
  present iptables filter <<'X'
-N SNIKKET-INPUT
-A INPUT -p icmp -j ACCEPT
-A INPUT -j DROP
-A INPUT -j SNIKKET-INPUT
-A OUTPUT -j other
-A OUTPUT -j SNIKKET-METADATA
X
  rules
  ok
  restored iptables filter SNIKKET-INPUT | grep -A1 -x -- '-D INPUT -j SNIKKET-INPUT' | grep -x -- '-I INPUT 2 -j SNIKKET-INPUT'
  restored iptables filter SNIKKET-METADATA | grep -A1 -x -- '-D OUTPUT -j SNIKKET-METADATA' | grep -x -- '-I OUTPUT 1 -j SNIKKET-METADATA'
}

@test "comes last where only the policy refuses" {
  printf -- '-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n' >"$ROOT/ip6tables.filter"
  rules
  ok
  restored ip6tables filter SNIKKET-INPUT | grep -x -- '-I INPUT 2 -j SNIKKET-INPUT'
}

@test "finds a refusal in the chains that INPUT leads to" {
  present iptables filter <<'X'
-N outer
-N inner
-A INPUT -i lo -j ACCEPT
-A INPUT -g outer
-A outer -p tcp -j inner
-A inner -m limit --limit 3/min -j LOG --log-prefix "[-j ACCEPT] "
-A inner -m comment --comment "not -j ACCEPT" -j DROP
X
  rules
  ok
  restored iptables filter SNIKKET-INPUT | grep -x -- '-I INPUT 2 -j SNIKKET-INPUT'
}

@test "does not pass by what keeps out known addresses and broken packets" {
  present iptables filter <<'X'
-N f2b-sshd
-A INPUT -p tcp -m multiport --dports 22 -j f2b-sshd
-A INPUT -s 203.0.113.9/32 -j DROP
-A INPUT -m set --match-set blocked src -j DROP
-A INPUT -m conntrack --ctstate INVALID -j DROP
-A f2b-sshd -s 198.51.100.9/32 -j REJECT --reject-with icmp-port-unreachable
-A f2b-sshd -j RETURN
X
  rules
  ok
  not_called 'SNIKKET-INPUT'
  echo '-A INPUT ! -s 10.0.0.0/8 -j DROP' >>"$ROOT/iptables.filter"
  rules
  ok
  restored iptables filter SNIKKET-INPUT | grep -x -- '-I INPUT 5 -j SNIKKET-INPUT'
}

@test "what only others are sent through refuses nobody" {
  present iptables filter <<'X'
-N DOCKER
-A FORWARD -j DOCKER
-A FORWARD -j REJECT
-A DOCKER -j DROP
X
  rules
  ok
  not_called 'SNIKKET-INPUT'
}

@test "takes its ports away where nothing refuses any more" {
  present ip6tables filter <<'X'
-N SNIKKET-INPUT
-A INPUT -j SNIKKET-INPUT
-A SNIKKET-INPUT -p tcp -m tcp --dport 80 -j ACCEPT
X
  rules
  ok
  diff - <(restored ip6tables filter SNIKKET-INPUT) <<'X'
*filter
:SNIKKET-INPUT - [0:0]
-D INPUT -j SNIKKET-INPUT
-X SNIKKET-INPUT
COMMIT
X
}

# ufw as it is when it is on; what somebody else allowed stands in the list as well.
active_ufw() {
  fake ufw "case \$1 in
    status) echo 'Status: active' ;;
    show) printf '%s\n' 'ufw allow 22/tcp' 'ufw allow 80/tcp' \"ufw allow 5000/tcp comment 'snikket-up'\" \"ufw allow 5269/tcp comment 'mine'\" ;;
    esac"
}

@test "an active ufw is asked, and only for what it does not let in yet" {
  active_ufw
  printf '%s\n' '-P INPUT DROP' '-N SNIKKET-INPUT' '-A INPUT -j ufw-reject-input' '-A ufw-reject-input -j DROP' >"$ROOT/iptables.filter"
  rules
  ok
  diff - <(grep '^ufw [ad-e]' "$CALLS") <<'X'
ufw allow 5349:5350/udp comment snikket-up
ufw delete allow 5000/tcp
X
  restored iptables filter SNIKKET-INPUT | grep -x -- '-X SNIKKET-INPUT'
}

@test "installs nothing that saves rules where ufw is: it would take ufw's place" {
  for program in systemctl apt-get dpkg netfilter-persistent; do fake $program; done
  for ufw in active inactive; do
    fake ufw "echo 'Status: $ufw'"
    rules
    ok
    keep true
    assert_done
  done
  not_called 'apt-get|dpkg|persistent'
}

@test "gets past a refusal that is not ufw's" {
  active_ufw
  oracle
  rules
  ok
  grep -x 'ufw allow 5349:5350/udp comment snikket-up' "$CALLS"
  restored iptables filter SNIKKET-INPUT | grep -x -- '-I INPUT 3 -j SNIKKET-INPUT'
}

@test "an inactive ufw is left alone" {
  oracle
  fake ufw 'echo "Status: inactive"'
  rules
  ok
  [ "$(grep -c '^ufw' "$CALLS")" -eq "$(grep -c '^ufw status' "$CALLS")" ]
  restored iptables filter SNIKKET-INPUT | grep -x -- '-I INPUT 3 -j SNIKKET-INPUT'
}

@test "says which nftables table refuses, and what to let in there" {
  fake nft "cat <<'X'
table ip filter {
	chain INPUT {
		type filter hook input priority filter; policy drop;
	}
}
table inet blocklist {
	chain input {
		type filter hook input priority filter - 1; policy accept;
		ip saddr @blocked drop
	}
	chain forward {
		type filter hook forward priority filter; policy drop;
	}
}
table inet mine {
	chain input {
		type filter hook input priority filter; policy accept;
		ct state established,related accept
		counter packets 4 bytes 240 reject with icmpx admin-prohibited
	}
}
table ip6 policy {
	chain input {
		type filter hook input priority 10; policy drop;
	}
}
X"
  rules
  ok
  diff - <(sort <<<"$stderr") <<'X'
The nftables table 'inet mine' refuses what it does not know, and is not ours to change. Let in there: 80/tcp 5349:5350/udp
The nftables table 'ip6 policy' refuses what it does not know, and is not ours to change. Let in there: 80/tcp 5349:5350/udp
X
}

@test "fails where iptables fails" {
  oracle
  fake iptables-restore 'echo "iptables-restore: no such module" >&2; exit 1'
  rules
  [ "$status" -ne 0 ]
  [[ $stderr == *"no such module"* ]]
}

# keep RULES: as prepare.sh does it, with other rules to be set.
keep() {
  printf '%s\n' "$1" >"$BATS_TEST_TMPDIR/rules"
  machine_run PORTS=$'tcp 80 80\nudp 5349 5350' host/firewall.sh - <<X
cat $BATS_TEST_TMPDIR/rules >"\$FILES/firewall-rules.sh"
echo '[Unit]' >"\$FILES/snikket-firewall.service"
keep_firewall
echo 1 >&3
X
}

@test "is set at once, and at each boot" {
  fake systemctl
  keep "echo ran >>$CALLS"
  assert_done
  assert_calls <<'X'
ran
systemctl daemon-reload
systemctl enable --quiet --now snikket-firewall
X
  [ "$(cat "$ROOT/etc/snikket-ports")" = $'tcp 80 80\nudp 5349 5350' ]
  [ "$(stat -c %a "$ROOT/usr/local/lib/snikket/firewall.sh")" = 755 ]
  [ "$(cat "$ROOT/etc/systemd/system/snikket-firewall.service")" = "[Unit]" ]
}

@test "a second run loads nothing anew" {
  fake systemctl
  keep "echo ran >>$CALLS"
  : >"$CALLS"
  keep "echo ran >>$CALLS"
  assert_done
  not_called 'daemon-reload|restart'
}

@test "fails with the rules' own words, before anything is set for the next boot" {
  fake systemctl
  keep 'echo no such module >&2; exit 1'
  assert_failed_with "no such module" "The machine's firewall could not be set." "run: $ROOT/usr/local/lib/snikket/firewall.sh"
  not_called systemctl
}

@test "fails where the rules would be gone after the next boot" {
  fake systemctl '[[ $1 != enable ]]'
  keep true
  assert_failed_with "The firewall's rules will not be there after the next boot."
}
