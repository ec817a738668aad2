#!/usr/bin/env bash
# Asks for the certificate once now, then daily. anacron counts a failed run as the day's run, as it does upstream.
set -euo pipefail

if [[ ! -d /snikket/letsencrypt ]]; then
  install -o letsencrypt -g letsencrypt -m 750 -d /snikket/letsencrypt
fi
install -o letsencrypt -g letsencrypt -m 750 -d /var/lib/letsencrypt /var/log/letsencrypt
install -o letsencrypt -g letsencrypt -m 755 -d /var/www/.well-known/acme-challenge
chown -R letsencrypt:letsencrypt /snikket/letsencrypt ||
  echo "WW: Failed to adjust the permissions of some files/directories"

# It ends every hour, and Docker starts it again.
exec /bin/sh -c "anacron -d -n && sleep 3600"
