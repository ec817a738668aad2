#!/usr/bin/env bash
# Installs Docker Engine and its Compose plugin, unless a Docker that serves is there. What it installed from Docker's
# own repository it keeps at the version of the settings, or newer: the system's repairs do not reach that one.
# Runs after apt.sh and repository.sh. Reads: DOCKER_SOURCE (docker or distribution)
#   DOCKER_PURPOSE (another one means a new run); for docker: DOCKER_VERSION
set -euo pipefail

# What Snikket's images need of the engine, and our compose file of the plugin.
MINIMUM_ENGINE=20.10.10
MINIMUM_COMPOSE=2.20.0

at_least() { printf '%s\n' "$1" "$2" | sort -VC; }

refuse_snap() {
  if [[ $(readlink -f "$(command -v docker)" 2>/dev/null) == */snap/* || -e /snap/bin/docker ]]; then
    fail "Docker is installed as a snap, which cannot reach Snikket's folders." "Remove it with: snap remove --purge docker"
  fi
}

# Also one that systemd has given up, because it was started three times within a minute.
start_docker() {
  systemctl reset-failed docker 2>/dev/null || : # it has not failed
  systemctl enable --now docker
}

# Of a Docker that does not start, what no installation mends: the machine is at its end, or its data volume, for which
# data-volume.sh has it wait, is not mounted.
refuse_waiting() {
  [[ $(systemctl is-system-running) != stopping ]] || exit 1 # the end says why
  local folder
  folder=$(sed -n 's/^RequiresMountsFor=//p' /etc/systemd/system/docker.service.d/80-snikket-data.conf 2>/dev/null) || return 0 # data are elsewhere
  mountpoint --quiet "$folder" ||
    fail "Docker does not start, for the data volume is not mounted at $folder." "Attach the volume to the machine and run this again. On the machine, look at: journalctl -b -n 50"
}

# Leaves a Docker alone that is recent enough; one that is not is somebody's, and theirs to change.
serves() {
  command -v docker >/dev/null || return 1
  local engine compose packages
  packages=$(dpkg-query --show --showformat '${Package} ${Status}\n' docker-ce docker.io 2>/dev/null) || : # not both are there
  [[ ! $packages =~ \ (half-|unpacked) ]] || return 1
  systemctl is-active --quiet docker || start_docker || {
    refuse_waiting
    return 1
  }
  engine=$(timeout 60 docker version --format '{{.Server.Version}}' 2>/dev/null) || {
    # Nothing is installed over one that is only slow: it may be somebody's.
    (($? != 124)) || fail "Docker has not answered within 60 s." "On the machine, look at: journalctl -u docker -n 50. Then run pulumi up again."
    return 1
  }
  compose=$(docker compose version --short 2>/dev/null) || compose=none
  at_least "$MINIMUM_ENGINE" "$engine" ||
    fail "Docker $engine is installed; $MINIMUM_ENGINE or newer is needed." "Upgrade it, or remove it and run this again."
  if [[ $compose == none && $DOCKER_SOURCE == docker && $packages == *"docker.io install ok installed"* ]]; then
    fail "The distribution's Docker is installed without Compose." "Install it (apt-get install docker-compose-v2, on Debian 13 docker-compose), or remove docker.io, and run this again."
  fi
  [[ $compose != none ]] || return 1
  at_least "$MINIMUM_COMPOSE" "${compose#v}" ||
    fail "Docker Compose $compose is installed; $MINIMUM_COMPOSE or newer is needed." "Upgrade it, or remove it and run this again."
  step "Docker $engine with Compose $compose is there"
}

install_from_distribution() {
  read_lists
  local plugin compose packages
  plugin=$(apt-cache --names-only search '^docker-compose-v2$' | awk '{print $1}')
  plugin=${plugin:-docker-compose}
  compose=$(apt-cache policy "$plugin" | awk '/Candidate:/ {print $2}')
  at_least "$MINIMUM_COMPOSE" "${compose%%[-+~]*}" ||
    fail "This distribution's Compose is $compose; $MINIMUM_COMPOSE or newer is needed." "Leave out snikket:docker, so that Docker's own packages are taken."
  # Debian 13 keeps the command line apart.
  mapfile -t packages < <(apt-cache --names-only search '^docker-cli$' | awk '{print $1}')
  install_packages "Installing the distribution's Docker" docker.io "$plugin" "${packages[@]}"
}

main() {
  # It need not be on the path.
  refuse_snap
  if ! serves || is_outdated; then
    finish_interrupted
    "install_from_${DOCKER_SOURCE:?}"
    serves || fail "Docker does not answer after its installation." "On the machine, look at: journalctl -u docker -n 50"
  fi
  date +%s.%N >&3
}

main "$@" </dev/null
