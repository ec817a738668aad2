#!/usr/bin/env bash
# Functions for both halves of the deployment.

# Compose gives a new container another's place under a name like 0123456789ab_snikket, and the right one at the end.
# Where it was cut off in between, it is in its own way the next time.
remove_half_made() {
  local name
  for name in $(docker ps --all --filter label=com.docker.compose.project=snikket --format '{{.Names}}'); do
    [[ ! $name =~ ^[0-9a-f]{12}_ ]] || quietly "Removing $name, which was half made" docker rm --force "$name"
  done
}

# start_containers "what" [option…] [service…]: makes them as the configuration says, and starts them.
start_containers() {
  local what=$1
  shift
  remove_half_made
  quietly "Starting $what" docker compose up --detach "$@"
}

# How many MB are free where a path is.
free_mb() { df --output=avail -BM "$1" | tail -n 1 | tr -dc 0-9; }

# A server without room answers as ever, and loses what people write.
check_room() {
  local free
  free=$(free_mb /var/lib/snikket/data)
  ((free > 20)) || fail "Snikket answers, but cannot keep what people write: $free MB are free at /var/lib/snikket." \
    "On the machine, df -h says which disk that is. Make room there or enlarge it, then run pulumi up again."
}
