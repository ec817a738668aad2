#!/usr/bin/env bash
# Docker's own signed repository, and what this program installed from it.
# Reads: DOCKER_VERSION DOCKER_REPOSITORY DOCKER_KEY_FINGERPRINT
set -euo pipefail

# Who writes this list; a person's own has other words.
LIST=/etc/apt/sources.list.d/docker.list
OURS="# Written by pulumi up, which keeps Docker at the version of its settings."

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
  printf '%s\ndeb [arch=%s signed-by=%s] %s %s stable\n' "$OURS" "$(dpkg --print-architecture)" "$key" "$url" "$VERSION_CODENAME" >"$FILES/list"
  install_file list "$LIST" 644
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

# Only a Docker of this program's own: nobody else's is brought up to date, and none becomes an older one.
is_outdated() {
  local there
  [[ $DOCKER_SOURCE == docker ]] && grep -qsxF "$OURS" "$LIST" || return 1
  there=$(dpkg-query --show --showformat '${Version}' docker-ce 2>/dev/null) || return 1
  there=${there#*:}
  ! at_least "$DOCKER_VERSION" "${there%%-*}"
}
