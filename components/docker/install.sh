#!/usr/bin/env bash
# Installs Docker Engine and its Compose plugin, unless a Docker that serves is there.
# Runs after apt.sh. Reads: DOCKER_SOURCE (docker or distribution) DOCKER_PURPOSE (another one means a new run);
#   for docker: DOCKER_VERSION DOCKER_REPOSITORY DOCKER_KEY_FINGERPRINT
set -euo pipefail

# What Snikket's images need of the engine, and our compose file of the plugin.
MINIMUM_ENGINE=20.10.10
MINIMUM_COMPOSE=2.20.0

at_least() { printf '%s\n' "$1" "$2" | sort -VC; }

refuse_snap() {
  if [[ $(readlink -f "$(command -v docker)") == */snap/* || -e /snap/bin/docker ]]; then
    fail "Docker is installed as a snap, which cannot reach Snikket's folders." "Remove it with: snap remove --purge docker"
  fi
}

# Leaves a Docker alone that is recent enough; one that is not is somebody's, and theirs to change.
serves() {
  command -v docker >/dev/null || return 1
  refuse_snap
  local engine compose packages
  packages=$(dpkg-query --show --showformat '${Package} ${Status}\n' docker-ce docker.io 2>/dev/null) || : # not both are there
  [[ ! $packages =~ \ (half-|unpacked) ]] || return 1
  systemctl is-active --quiet docker || systemctl enable --now docker || return 1
  engine=$(docker version --format '{{.Server.Version}}' 2>/dev/null) || return 1
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

# The key is trusted for its fingerprint alone, wherever it was fetched from.
trust_repository() {
  local url=$1 key=/etc/apt/keyrings/docker.asc seen
  are_installed gnupg || install_packages "Installing gnupg" gnupg
  curl -fsSL --retry 3 --max-time 60 -o "$FILES/key" "$url/gpg" ||
    fail "Docker's signing key could not be fetched from $url/gpg." "Is that address reachable from the machine?"
  seen=$(gpg --homedir "$FILES" --batch --show-keys --with-colons "$FILES/key" 2>/dev/null | awk -F: '/^fpr/ && !n++ {print $10}') || seen=""
  [[ $seen == "$DOCKER_KEY_FINGERPRINT" ]] ||
    fail "The signing key at $url/gpg is ${seen:-no key at all}, not $DOCKER_KEY_FINGERPRINT." "Nothing was installed: somebody may stand in between."
  install_file key "$key" 644
  echo "deb [arch=$(dpkg --print-architecture) signed-by=$key] $url $VERSION_CODENAME stable" >"$FILES/list"
  install_file list /etc/apt/sources.list.d/docker.list 644
}

install_from_docker() {
  local url version
  # shellcheck source=/dev/null
  . /etc/os-release
  url=${DOCKER_REPOSITORY:?}/$ID
  trust_repository "$url"
  read_lists
  if grep -E "^(W|E):.*$url" "$FILES/update" >/dev/null; then
    fail "The repository $url is not signed by Docker's key, or could not be read." "Nothing was installed; apt's own words stand above."
  fi
  version=$(apt-cache madison docker-ce | awk -v v=":${DOCKER_VERSION:?}-" 'index($3, v) && !n++ {print $3}')
  [[ -n $version ]] ||
    fail "$url has no docker-ce $DOCKER_VERSION for $VERSION_CODENAME." "It has: $(apt-cache madison docker-ce | awk 'NR < 6 {printf "%s ", $3}')" \
      "Set snikket:docker.version to one of these."
  install_packages "Installing Docker $DOCKER_VERSION" \
    "docker-ce=$version" "docker-ce-cli=$version" containerd.io docker-buildx-plugin docker-compose-plugin
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
  if ! serves; then
    finish_interrupted
    "install_from_${DOCKER_SOURCE:?}"
    serves || fail "Docker does not answer after its installation." "On the machine, look at: journalctl -u docker -n 50"
  fi
  date +%s.%N >&3
}

main "$@" </dev/null
