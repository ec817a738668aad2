#!/usr/bin/env bash
# Docker's own signed repository, and what this program installed from it.
# Reads: DOCKER_VERSION DOCKER_REPOSITORY DOCKER_KEY_FINGERPRINT DOCKER_COMPANIONS ("name=version name": up to that version, or the newest)
set -euo pipefail

# Who writes this list; a person's own has other words.
LIST=/etc/apt/sources.list.d/docker.list
OURS="# Written by pulumi up, which keeps Docker at the version of its settings."

# The key is trusted for its fingerprint alone, wherever it was fetched from.
trust_repository() {
  local url=$1 key=/etc/apt/keyrings/docker.asc seen
  are_installed gnupg || install_packages "Installing gnupg" gnupg
  ADVICE="Is that address reachable from the machine? Once it is, run pulumi up again." \
    quietly "Fetching Docker's signing key from $url/gpg" curl -fsSL --retry 2 --max-time 20 -o "$FILES/key" "$url/gpg"
  seen=$(gpg --homedir "$FILES" --batch --show-keys --with-colons "$FILES/key" 2>/dev/null | awk -F: '/^fpr/ && !n++ {print $10}') || seen=""
  [[ $seen == "$DOCKER_KEY_FINGERPRINT" ]] ||
    fail "The signing key at $url/gpg is ${seen:-no key at all}, not $DOCKER_KEY_FINGERPRINT." "Nothing was installed: somebody may stand in between."
  install_file key "$key" 644
  printf '%s\ndeb [arch=%s signed-by=%s] %s %s stable\n' "$OURS" "$(dpkg --print-architecture)" "$key" "$url" "$VERSION_CODENAME" >"$FILES/list"
  install_file list "$LIST" 644
}

# The versions that the repositories have of a package, newest first; with epoch and revision, as apt wants them.
offered() { apt-cache madison "$1" | awk '{print $3}'; }

# Of an installed package.
version_of() { are_installed "$1" && dpkg-query --show --showformat '${Version}' "$1"; }

# As its makers count: 5:28.5.2-1~debian is 28.5.2.
upstream() {
  local version=${1#*:}
  printf %s "${version%%-*}"
}

# Adds a package in a version to those that apt is asked for, unless as new a one is there: none becomes an older one.
add_package() {
  local there
  if there=$(version_of "$1") && at_least "$(upstream "$2")" "$(upstream "$there")"; then return; fi
  packages+=("$1=$2")
}

# The newest of a package that is not newer than wanted: newest_up_to NAME=VERSION.
newest_up_to() {
  local version
  while read -r version; do
    if at_least "$(upstream "$version")" "${1#*=}"; then echo "$version" && return; fi
  done < <(offered "${1%%=*}")
}

# The same with that, or the newest where no version is wanted.
add_companion() {
  local name=${1%%=*} limit=${1#*=} version
  if [[ $1 != *=* ]]; then
    packages+=("$name")
    return
  fi
  version=$(newest_up_to "$1")
  [[ -n $version ]] ||
    fail "$url has no $name up to $limit for $VERSION_CODENAME." "It has: $(offered "$name" | awk 'NR < 6 {printf "%s ", $1}')" \
      "Set snikket:docker.version to another one: beside that, the newest $name is taken."
  add_package "$name" "$version"
}

install_from_docker() {
  local url version companion packages=()
  # shellcheck source=/dev/null
  . /etc/os-release
  url=${DOCKER_REPOSITORY:?}/$ID
  trust_repository "$url"
  read_lists
  if grep -E "^(W|E):.*$url" "$FILES/update" >/dev/null || [[ -z $(offered docker-ce) ]]; then
    fail "The repository $url is not signed by Docker's key, or could not be read." "Nothing was installed; apt's own words stand above."
  fi
  version=$(offered docker-ce | awk -v v=":${DOCKER_VERSION:?}-" 'index($1, v) && !n++')
  [[ -n $version ]] ||
    fail "$url has no docker-ce $DOCKER_VERSION for $VERSION_CODENAME." "It has: $(offered docker-ce | awk 'NR < 6 {printf "%s ", $1}')" \
      "Set snikket:docker.version to one of these."
  add_package docker-ce "$version"
  add_package docker-ce-cli "$version"
  for companion in ${DOCKER_COMPANIONS:?}; do add_companion "$companion"; done
  install_packages "Installing Docker $DOCKER_VERSION" "${packages[@]}"
}

# Only a Docker of this program's own: nobody else's is brought up to date.
is_outdated() {
  local there companion newest
  [[ $DOCKER_SOURCE == docker ]] && grep -qsxF "$OURS" "$LIST" || return 1
  there=$(version_of docker-ce) || return 1
  at_least "$DOCKER_VERSION" "$(upstream "$there")" || return 0
  # Of the rest the newest that the machine's lists have is enough, for not every place has each version.
  for companion in $DOCKER_COMPANIONS; do
    newest=$([[ $companion != *=* ]] || newest_up_to "$companion")
    if [[ -n $newest ]] && there=$(version_of "${companion%%=*}"); then
      at_least "$(upstream "$newest")" "$(upstream "$there")" || return 0
    fi
  done
  return 1
}
