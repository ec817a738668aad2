#!/usr/bin/env bash
# Second half of the deployment: starts everything, waits until certificate and services are right, and hands over
# the first invitation. Runs after seal.sh, certificate.sh, compose.sh and invitation.sh.
# Reads: SNIKKET_DOMAIN STAGED PREPARED (others mean a new run) ACME_STAGING (1 for an authority whose root nobody has)
#   PORTS (lines "protocol port": each always has a listener on a working server); the file seal.key
set -euo pipefail

# Asks our own web proxy, trusting the very certificate that was issued.
ask() {
  curl --silent --show-error --max-time 5 --max-filesize 65536 --cacert "$LIVE/chain.pem" \
    --resolve "$SNIKKET_DOMAIN:443:127.0.0.1" "$@"
}

healthy() { ask "https://$SNIKKET_DOMAIN/_health/$1" 2>&1 | grep -q 'STATUS OK'; }

# A container that Docker has started again and again since we looked first, if there is one.
looping() {
  local id name count state
  for id in $(docker compose ps --all --quiet); do
    read -r name count state < <(docker inspect --format '{{.Name}} {{.RestartCount}} {{.State.Status}}' "$id")
    [[ -e $FILES/restarts-$id ]] || echo "$count" >"$FILES/restarts-$id"
    [[ $state != restarting ]] || ((count < $(<"$FILES/restarts-$id") + 3)) || echo "${name#/}"
  done
}

healthy_or_looping() {
  healthy "$1" && return 0
  looping >"$FILES/looping"
  [[ -s $FILES/looping ]]
}

wait_for_health() {
  local part name
  for part in portal xmpp; do
    : >"$FILES/looping"
    wait_until 120 "the health check of $part" healthy_or_looping "$part" && [[ ! -s $FILES/looping ]] && continue
    name=$(head -n 1 "$FILES/looping")
    [[ -z $name ]] || fail "The container $name ends again and again; it says: $(docker logs --tail 2 "$name" 2>&1 | cut -c1-300)" \
      "If that names a setting, correct it in the stack's file and run pulumi up again. More of it, on the machine: docker logs --tail 50 $name"
    fail "https://$SNIKKET_DOMAIN/_health/$part says: $(ask "https://$SNIKKET_DOMAIN/_health/$part" 2>&1 | head -c 300)" \
      "On the machine, look at: docker logs --tail 50 snikket; docker logs --tail 50 snikket-portal"
  done
}

# Credentials of the call relay, made as the server makes them for its people. Good for a week: who mends what the
# verification found runs it again with the same ones.
turn_credentials() {
  local username=$(($(date +%s) + 7 * 86400))
  docker compose exec -T snikket_portal python3 -c '
import base64, hashlib, hmac, sys
secret = sys.stdin.read().strip().encode()
print(base64.b64encode(hmac.new(secret, sys.argv[1].encode(), hashlib.sha1).digest()).decode(), end="")' \
    "$username" </var/lib/snikket/data/prosody/turn-auth-secret-v2 >"$FILES/credential" ||
    fail "No credentials for the call relay could be made." "On the machine, look at: docker ps -a"
  printf '{"username":"%s","credential":"%s"}' "$username" "$(<"$FILES/credential")"
}

# Ports with a listener, as "tcp/80","udp/3478": tells a closed network from a server that does not answer.
listening() { ss -Hlntu | awk '{n = split($5, a, ":"); print "\"" $1 "/" a[n] "\""}' | sort -u | paste -sd, -; }

# Says which ports nothing listens on yet.
silent_ports() {
  local protocol port open
  open=$(listening)
  while read -r protocol port; do
    [[ ,$open, == *",\"$protocol/$port\","* ]] || printf '%s/%s ' "$protocol" "$port"
  done <<<"$PORTS"
}

all_listening() { [[ -z $(silent_ports) ]]; }

# Calls are no part of Snikket's health checks, and their relay starts only after the certificate is there.
wait_for_ports() {
  wait_until 60 "a listener on every port" all_listening ||
    step "Nothing listens on $(silent_ports)after 60 s; the verification says what that means"
}

main() {
  cd /etc/snikket
  local chain=null invitation turn before
  before=$(certificate_sum)
  leave_other_authority
  touch "$FILES/started"
  ADVICE="Run pulumi up again; if that says the same, look on the machine at: journalctl -u docker -n 50" \
    start_containers Snikket --remove-orphans
  wait_for_certificate
  check_clock
  take_up_certificate "$before"
  wait_for_health
  wait_for_ports
  check_room
  [[ ${ACME_STAGING:?} == 0 ]] || chain="\"$(awk '{printf "%s\\n", $0}' "$LIVE/chain.pem")\""
  shopt -s inherit_errexit # or a failure inside the parentheses would go unseen
  invitation=$(invitation)
  turn=$(turn_credentials)
  printf '{"invitation":"%s","turn":%s,"listening":[%s],"chain":%s}' \
    "$invitation" "$turn" "$(listening)" "$chain" | seal >&3
}

main "$@" </dev/null
