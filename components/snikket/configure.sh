#!/usr/bin/env bash
# What stands in /etc/snikket, and the secrets beside the data.
# Runs after guards.sh. Reads: PUBLIC_IPV4 PUBLIC_IPV6 (may be empty); files snikket.conf docker-compose.yml
#   docker-compose.relay.yml turn-addresses images.env acme-root.pem, and domain
set -euo pipefail

keep_secrets() {
  [[ ! -e $DATA/secrets.conf ]] || return 0
  random() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
  {
    echo "SNIKKET_WEB_SECRET_KEY=$(random)"
    echo "TWEAK_SNIKKET_BOOTSTRAP_SECRET=$(random)"
    echo "TWEAK_SNIKKET_BOOTSTRAP_INDEX=1"
  } >"$FILES/secrets"
  install_file secrets "$DATA/secrets.conf" 600
}

# What only the machine knows: its address behind NAT, and the size of its disk.
complete_conf() {
  local conf=$FILES/snikket.conf place=$DATA inside=${PUBLIC_IPV4:?} size
  [[ -e $place ]] || place=/var/lib
  if ! grep -q '^SNIKKET_UPLOAD_STORAGE_GB=' "$conf"; then
    size=$(df --output=size -BG "$place" | tail -n 1 | tr -dc 0-9)
    echo "SNIKKET_UPLOAD_STORAGE_GB=$((size > 1 ? size / 2 : 1))" >>"$conf"
  fi
  if [[ $(ip -4 -o addr show) != *"inet $PUBLIC_IPV4/"* ]]; then
    if ! grep -q '^SNIKKET_TWEAK_TURNSERVER_INTERNAL_IP=' "$conf"; then
      echo "SNIKKET_TWEAK_TURNSERVER_INTERNAL_IP=$(ip -4 route get 1.1.1.1 | sed -n 's/.* src \([0-9.]*\).*/\1/p')" >>"$conf"
    fi
    inside=$(sed -n 's/^SNIKKET_TWEAK_TURNSERVER_INTERNAL_IP=//p' "$conf")
  fi
  [[ -z ${PUBLIC_IPV6:-} ]] || echo "SNIKKET_RELAY_ADDRESSES=$PUBLIC_IPV4/$inside $PUBLIC_IPV6" >>"$conf"
}

# With an IPv6 address of its own, the server must be told at which addresses it relays.
choose_services() {
  local relay=
  ! grep -q '^SNIKKET_RELAY_ADDRESSES=' "$FILES/snikket.conf" || relay=:docker-compose.relay.yml
  # Named in any case, so that no file beside it takes part.
  printf '%s\n' "COMPOSE_FILE=docker-compose.yml$relay" "TURN_ADDRESSES=$(sha256sum <"$FILES/turn-addresses" | cut -c1-16)" >>"$FILES/images.env"
}

# Each file as it was sent, its mode, and its place.
CONFIGURATION="acme-root.pem 644 ca/acme-root.pem
turn-addresses 755 turn-addresses
docker-compose.relay.yml 644 docker-compose.relay.yml
images.env 644 .env
docker-compose.yml 644 docker-compose.yml
domain 644 domain
snikket.conf 600 snikket.conf"

# With a note of what is left there, so that a change by hand can be seen; beside it, so that it is seen when all is gone.
# An old note is away while files change.
configure() {
  local file mode place to=/etc/snikket note=/etc/snikket-sums
  while read -r file mode place; do
    printf '%s-%s-%s %s\n' "$(sha256sum <"$FILES/$file" | cut -d' ' -f1)" "$mode" "$EUID" "$place"
  done <<<"$CONFIGURATION" >"$FILES/sums"
  cmp -s "$FILES/sums" "$note" || rm -f "$note"
  while read -r file mode place; do
    install_file "$file" "$to/$place" "$mode"
  done <<<"$CONFIGURATION"
  install_file sums "$note" 600
  rm -f "$to/.sums" # where 0.5.0 had it
}
