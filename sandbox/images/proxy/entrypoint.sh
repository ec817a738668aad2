#!/usr/bin/env bash
# Serves the start page and the challenges over HTTP until the certificate is there (see cert-monitor).
SNIKKET_DOMAIN_ASCII=$(idn2 "$SNIKKET_DOMAIN")
export SNIKKET_DOMAIN_ASCII

if [[ -f /snikket/letsencrypt/live/$SNIKKET_DOMAIN_ASCII/fullchain.pem ]]; then
  # shellcheck disable=SC2086 # a list of names
  render-template ${SNIKKET_TWEAK_WEB_PROXY_PROTOS:-http https}
else
  render-template startup
fi

exec s6-svscan /etc/sv
