#!/usr/bin/env bash
# The certificate for the three names: from the authority that is configured, there in time, and in use.
# Reads: SNIKKET_DOMAIN ACME_DIRECTORY
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

# To a clock that is behind, the new certificate begins in the future: nothing here would trust it.
check_clock() {
  local begins
  begins=$(date -d "$(openssl x509 -noout -startdate -in "$LIVE/fullchain.pem" | cut -d= -f2)" +%s)
  ((begins <= $(date +%s))) ||
    fail "This machine's clock is behind: it shows $(date -u), and its certificate begins on $(date -u -d "@$begins")." \
      "On the machine, set it: timedatectl set-ntp true. Then run pulumi up again."
}

# The certificate is there, or its job has given up since we started.
certificate_settled() { certificate_is_right || [[ $LINEAGE/has-errors -nt $FILES/started ]]; }

# Which certificate there is, if any.
certificate_sum() { sha256sum "$LIVE/fullchain.pem" 2>/dev/null || echo none; }

# Only a container that has just started asks by itself.
certs_just_started() {
  (($(date -d "$(docker inspect --format '{{.State.StartedAt}}' snikket-certs)" +%s) >= $(stat -c %Y "$FILES/started")))
}

certificate_errors() {
  docker compose exec -T snikket_certs sh -c 'cat /var/log/letsencrypt/errors.log; grep -h ERROR /var/log/letsencrypt/letsencrypt.log | cut -d: -f4- | tail -n 5' | grep .
}

wait_for_certificate() {
  if certificate_is_right; then return 0; fi
  if certs_just_started; then
    wait_until 120 "the certificate" certificate_settled || step "No certificate yet"
  else
    # Otherwise it waits for the next day. Never twice in one run: failures are counted.
    step "Asking for the certificate again"
    watched 130 "Asking for the certificate again" "$FILES/certbot" \
      docker compose exec -T snikket_certs timeout 120 /etc/cron.daily/certbot || step "That failed"
  fi
  wait_until 10 "the certificate" certificate_is_right && return 0
  { certificate_errors || docker compose logs --no-log-prefix --tail 15 snikket_certs; } | plain
  fail "No certificate for $SNIKKET_DOMAIN, groups.$SNIKKET_DOMAIN and share.$SNIKKET_DOMAIN came from $ACME_DIRECTORY." \
    "Its own words stand above: mend what they name, or wait as long as they say; then run pulumi up again. Five failures an hour are allowed."
}

# Upstream's proxy and server look for a renewed certificate once a day.
take_up_certificate() {
  local before=$1
  [[ $before == none || $before == "$(certificate_sum)" ]] ||
    quietly "Taking up the new certificate" docker compose restart snikket_proxy snikket_server
}
