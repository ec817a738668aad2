#!/usr/bin/env bash
# First half of the deployment: guards the data, puts the configuration in place, pulls the images and starts the
# web proxy alone, with a challenge file to be fetched from outside before anything asks for a certificate.
# Runs after ports.sh, guards.sh, configure.sh and compose.sh.
# Reads: PORTS (lines "protocol port") DOCKER_INSTALLED (another one means a new run)
set -euo pipefail

# The registry and the way there are not ours; the disk may be full of other things.
pull_advice() {
  echo "Does the machine reach the internet, and has its disk room ($(free_mb /var/lib) MB are free)? Registries have bad days, too: run pulumi up again later; what was pulled is kept."
}

pull_images() {
  local image wanted seen
  wanted=$(dpkg --print-architecture)
  while IFS='=' read -r _ image; do
    docker image inspect "$image" >/dev/null 2>&1 || ADVICE=$(pull_advice) quietly "Pulling $image" docker pull "$image"
    seen=$(docker image inspect --format '{{.Architecture}}' "$image")
    [[ $seen == "$wanted" ]] || fail "$image is for $seen; this machine is $wanted." "Nothing was started. Take a release that has images for $wanted."
  done <"$FILES/images.env"
}

start_proxy() {
  local folder=/var/www/html/.well-known/acme-challenge
  cd /etc/snikket
  start_containers "the web proxy" --no-deps snikket_proxy
  wait_until 60 "the web proxy on port 80" bash -c '(</dev/tcp/127.0.0.1/80) 2>/dev/null' ||
    fail "The web proxy does not answer on the machine itself." "On the machine, look at: docker logs snikket-proxy"
  docker compose exec -T snikket_proxy sh -c "umask 022; printf %s $1 >$folder/snikket-reachable"
}

main() {
  local stamp
  step "Checking Docker, ports and data"
  guard_docker
  guard_volume
  guard_data
  # Again: since the machine was prepared, others had time to take them.
  check_ports "${PORTS:?}"
  complete_conf
  pull_images
  check_names
  claim_data
  keep_secrets
  choose_services
  configure
  stamp=$(date +%s.%N)
  start_proxy "$stamp"
  printf '{"stamp":"%s","challenge":{"path":"/.well-known/acme-challenge/snikket-reachable","content":"%s"}}\n' "$stamp" "$stamp" >&3
}

main "$@" </dev/null
