#!/usr/bin/env bash
# Checks what must be set, prepares /snikket/prosody, then supervises prosody, coturn and the daily jobs.
set -euo pipefail

require() {
  [[ -n ${!1-} ]] && return
  echo "Please provide $1"
  exit 1
}

require SNIKKET_DOMAIN
SNIKKET_DOMAIN_ASCII=$(idn2 "$SNIKKET_DOMAIN")
export SNIKKET_DOMAIN_ASCII
require SNIKKET_ADMIN_EMAIL

if [[ ! -d /snikket/prosody ]]; then
  install -o prosody -g prosody -m 750 -d /snikket/prosody
fi
chown -R prosody:prosody /run/prosody /snikket/prosody /etc/prosody

for secret in turn-auth-secret-v2 oauth2-registration-secret; do
  if [[ ! -f /snikket/prosody/$secret ]]; then
    head -c 32 /dev/urandom | base64 >"/snikket/prosody/$secret"
  fi
done

exec s6-svscan /etc/sv
