#!/usr/bin/env bash
# Second half of the deployment: starts everything, waits until certificate and services are right, and hands over
# the first invitation. Runs after invitation.sh.
# Reads: SNIKKET_DOMAIN ACME_DIRECTORY ACME_STAGING (1 for an authority whose root nobody has)
set -euo pipefail

LINEAGE=/var/lib/snikket/data/letsencrypt
LIVE=$LINEAGE/live/${SNIKKET_DOMAIN:?}

# certbot keeps any certificate that is still valid: another authority's is moved aside, the renewal last in case of a cut.
leave_other_authority() {
  local aside part renewal=$LINEAGE/renewal/$SNIKKET_DOMAIN.conf
  if [[ ! -e $renewal ]] || grep -qxF "server = ${ACME_DIRECTORY:?}" "$renewal"; then return 0; fi
  aside=$LINEAGE/replaced-$(date +%Y%m%d-%H%M%S)
  step "Moving the other authority's certificate to $aside"
  install -d -m 700 "$aside"
  for part in "live/$SNIKKET_DOMAIN" "archive/$SNIKKET_DOMAIN" "renewal/$SNIKKET_DOMAIN.conf"; do
    [[ ! -e $LINEAGE/$part ]] || mv "$LINEAGE/$part" "$aside/${part%%/*}"
  done
}

certificate_is_right() {
  local names name
  names=$(openssl x509 -noout -checkend 0 -ext subjectAltName -in "$LIVE/fullchain.pem" 2>/dev/null) || return 1
  for name in "$SNIKKET_DOMAIN" "groups.$SNIKKET_DOMAIN" "share.$SNIKKET_DOMAIN"; do
    [[ $names =~ DNS:"$name"(,|[[:space:]]|$) ]] || return 1
  done
}

# The certificate is there, or its job has given up since we started.
certificate_settled() { certificate_is_right || [[ $LINEAGE/has-errors -nt $FILES/started ]]; }

# Only a container that has just started asks by itself.
certs_just_started() {
  (($(date -d "$(docker inspect --format '{{.State.StartedAt}}' snikket-certs)" +%s) >= $(stat -c %Y "$FILES/started")))
}

certificate_errors() {
  docker compose exec -T snikket_certs sh -c 'cat /var/log/letsencrypt/errors.log; grep -h ERROR /var/log/letsencrypt/letsencrypt.log | cut -d: -f4- | tail -n 5'
}

# A failed request is repeated by itself only the next day.
wait_for_certificate() {
  if certs_just_started; then wait_until 120 "the certificate" certificate_settled || step "No certificate yet"; fi
  if certificate_is_right; then return 0; fi
  step "Asking for the certificate again"
  docker compose exec -T snikket_certs timeout 120 /etc/cron.daily/certbot >"$FILES/certbot" 2>&1 || step "That failed as well"
  wait_until 10 "the certificate" certificate_is_right && return 0
  certificate_errors || tail -n 15 "$FILES/certbot"
  fail "No certificate for $SNIKKET_DOMAIN, groups.$SNIKKET_DOMAIN and share.$SNIKKET_DOMAIN came from $ACME_DIRECTORY." \
    "Its own words stand above. Mend what they name, then run pulumi up again; five failures an hour are allowed."
}

# Asks our own web proxy, trusting the very certificate that was issued.
ask() {
  curl --silent --show-error --max-time 5 --max-filesize 65536 --cacert "$LIVE/chain.pem" \
    --resolve "$SNIKKET_DOMAIN:443:127.0.0.1" "$@"
}

healthy() { ask "https://$SNIKKET_DOMAIN/_health/$1" 2>&1 | grep -q 'STATUS OK'; }

wait_for_health() {
  local part
  for part in portal xmpp; do
    wait_until 120 "the health check of $part" healthy "$part" ||
      fail "https://$SNIKKET_DOMAIN/_health/$part says: $(ask "https://$SNIKKET_DOMAIN/_health/$part" 2>&1 | head -c 300)" \
        "On the machine, look at: docker logs --tail 50 snikket; docker logs --tail 50 snikket-portal"
  done
}

# Credentials of the call relay for ten minutes, made as the server makes them for its people.
turn_credentials() {
  local username=$(($(date +%s) + 600))
  docker compose exec -T snikket_portal python3 -c '
import base64, hashlib, hmac, sys
secret = sys.stdin.read().strip().encode()
print(base64.b64encode(hmac.new(secret, sys.argv[1].encode(), hashlib.sha1).digest()).decode(), end="")' \
    "$username" </var/lib/snikket/data/prosody/turn-auth-secret-v2 >"$FILES/credential"
  printf '{"username":"%s","credential":"%s"}' "$username" "$(<"$FILES/credential")"
}

# Ports with a listener, as [80,443]: tells a closed network from a server that does not answer.
listening() { ss -Hltn | awk '{print $4}' | grep -oE '[0-9]+$' | sort -un | paste -sd, -; }

main() {
  cd /etc/snikket
  leave_other_authority
  touch "$FILES/started"
  quietly "Starting Snikket" docker compose up --detach --remove-orphans
  wait_for_certificate
  wait_for_health
  local chain=null invitation turn
  [[ ${ACME_STAGING:?} == 0 ]] || chain="\"$(awk '{printf "%s\\n", $0}' "$LIVE/chain.pem")\""
  invitation=$(invitation)
  turn=$(turn_credentials)
  printf '{"stamp":"%s","invitation":"%s","turn":%s,"listening":[%s],"chain":%s}\n' \
    "$(date +%s.%N)" "$invitation" "$turn" "$(listening)" "$chain" >&3
}

main "$@" </dev/null
