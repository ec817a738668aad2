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
