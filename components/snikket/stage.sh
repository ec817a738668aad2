#!/usr/bin/env bash
# First half of the deployment: guards the data, puts the configuration in place, pulls the images and starts the
# web proxy alone, with a challenge file to be fetched from outside before anything asks for a certificate.
# Runs after guards.sh. Reads: SNIKKET_DOMAIN PUBLIC_IPV4 PUBLIC_IPV6 (may be empty); files snikket.conf docker-compose.yml
#   docker-compose.relay.yml turn-addresses images.env acme-root.pem
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
  local conf=$FILES/snikket.conf place=$DATA size
  [[ -e $place ]] || place=/var/lib
  if ! grep -q '^SNIKKET_UPLOAD_STORAGE_GB=' "$conf"; then
    size=$(df --output=size -BG "$place" | tail -n 1 | tr -dc 0-9)
    echo "SNIKKET_UPLOAD_STORAGE_GB=$((size > 1 ? size / 2 : 1))" >>"$conf"
  fi
  if [[ $(ip -4 -o addr show) == *"inet ${PUBLIC_IPV4:?}/"* ]]; then return 0; fi
  if ! grep -q '^SNIKKET_TWEAK_TURNSERVER_INTERNAL_IP=' "$conf"; then
    echo "SNIKKET_TWEAK_TURNSERVER_INTERNAL_IP=$(ip -4 route get 1.1.1.1 | sed -n 's/.* src \([0-9.]*\).*/\1/p')" >>"$conf"
  fi
  [[ -z ${PUBLIC_IPV6:-} ]] || echo "SNIKKET_RELAY_ADDRESSES=$PUBLIC_IPV4/$(sed -n 's/^SNIKKET_TWEAK_TURNSERVER_INTERNAL_IP=//p' "$conf")" >>"$conf"
}

# With an IPv6 address of its own, the server forgets that its IPv4 address is behind NAT: then it is told both.
choose_services() {
  ! grep -q '^SNIKKET_RELAY_ADDRESSES=' "$FILES/snikket.conf" ||
    echo "COMPOSE_FILE=docker-compose.yml:docker-compose.relay.yml" >>"$FILES/images.env"
  install_file turn-addresses /etc/snikket/turn-addresses 755
  install_file docker-compose.relay.yml /etc/snikket/docker-compose.relay.yml 644
  install_file images.env /etc/snikket/.env 644
  install_file docker-compose.yml /etc/snikket/docker-compose.yml 644
}

# The registry and the way there are not ours; the disk may be full of other things.
pull_advice() {
  echo "Does the machine reach the internet, and has its disk room ($(df --output=avail -BM /var/lib | tail -n 1 | tr -dc 0-9) MB are free)? Registries have bad days, too: run pulumi up again later; what was pulled is kept."
}

pull_images() {
  local image wanted seen
  wanted=$(dpkg --print-architecture)
  while IFS='=' read -r _ image; do
    docker image inspect "$image" >/dev/null 2>&1 || ADVICE=$(pull_advice) quietly "Pulling $image" docker pull --quiet "$image"
    seen=$(docker image inspect --format '{{.Architecture}}' "$image")
    [[ $seen == "$wanted" ]] || fail "$image is for $seen; this machine is $wanted." "Nothing was started. Take a release that has images for $wanted."
  done <"$FILES/images.env"
}

start_proxy() {
  local folder=/var/www/html/.well-known/acme-challenge
  cd /etc/snikket
  quietly "Starting the web proxy" docker compose up --detach --no-deps snikket_proxy
  wait_until 60 "the web proxy on port 80" bash -c '(</dev/tcp/127.0.0.1/80) 2>/dev/null' ||
    fail "The web proxy does not answer on port 80." "On the machine, look at: docker logs snikket-proxy"
  docker compose exec -T snikket_proxy sh -c "umask 022; printf %s $1 >$folder/snikket-reachable"
}

main() {
  local stamp
  step "Checking Docker, ports and data"
  guard_docker
  guard_volume
  guard_data
  check_ports
  complete_conf
  pull_images
  check_names
  claim_data
  keep_secrets
  install_file acme-root.pem /etc/snikket/ca/acme-root.pem 644
  choose_services
  install_file snikket.conf /etc/snikket/snikket.conf 600
  stamp=$(date +%s.%N)
  start_proxy "$stamp"
  printf '{"stamp":"%s","challenge":{"path":"/.well-known/acme-challenge/snikket-reachable","content":"%s"}}\n' "$stamp" "$stamp" >&3
}

main "$@" </dev/null
