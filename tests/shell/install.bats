#!/usr/bin/env bats
load machine

FINGERPRINT=9DC858229FC7DD38854AE2D88D81803C0EBFCD88

setup() {
  make_machine
  THERE=$BATS_TEST_TMPDIR/there
  put /etc/os-release $'ID=debian\nVERSION_CODENAME=trixie'
  fake systemctl
  fake dpkg "if [[ \$1 != -s ]]; then echo amd64; elif grep -q \"^\$2=\" $THERE; then echo 'Status: install ok installed'; fi"
  fake dpkg-query "[[ \$* != *'{Version}'* ]] || sed -n \"s/^\${@: -1}=//p\" $THERE"
  are_there
  fake curl 'while (($#)); do [[ $1 == -o ]] && echo key >"$2"; shift; done'
  key "$FINGERPRINT"
  offers docker-ce 5:28.5.2-1~debian.13~trixie 5:28.4.0-1~debian.13~trixie
  offers containerd.io 2.2.1-1~debian.13~trixie 1.7.29-2~debian.13~trixie 1.7.29-1~debian.13~trixie 1.7.28-1
  offers docker-buildx-plugin 0.29.1-1~debian.13~trixie
  offers docker-compose-plugin 5.0.1-1~debian.13~trixie 2.40.30-1~debian.13~trixie 2.40.2-1~debian.13~trixie
  fake apt-get "[[ \$1 != install ]] || $(declare -f docker_is); [[ \$1 != install ]] || BIN=$BIN CALLS=$CALLS docker_is 28.5.2 2.40.1"
}

# are_there PACKAGE=VERSION…: what is installed by now.
are_there() { printf '%s\n' gnupg=2 "$@" >"$THERE"; }

# A Docker that serves, of these versions of engine and Compose.
docker_is() {
  printf '#!/bin/bash\necho "docker $*" >>%q\ncase $1 in\nversion) echo %s ;;\ncompose) echo %s ;;\nesac\n' "$CALLS" "$1" "$2" >"$BIN/docker"
  chmod +x "$BIN/docker"
}

key() { fake gpg "echo pub:x; echo fpr:::::::::$1:"; }

# offers PACKAGE VERSION…: what the repository has of it, newest first.
offers() {
  printf "$1 | %s | https://download.docker.com/linux/debian trixie/stable amd64 Packages\n" "${@:2}" >"$BATS_TEST_TMPDIR/offered-$1"
  fake apt-cache "[[ \$1 != madison ]] || cat $BATS_TEST_TMPDIR/offered-\$2"
}

COMPANIONS="containerd.io=1.7.29 docker-buildx-plugin=0.29.1 docker-compose-plugin=2.40.3"

install_docker() {
  machine_run DOCKER_SOURCE=docker DOCKER_VERSION=28.5.2 DOCKER_REPOSITORY=https://download.docker.com/linux \
    DOCKER_KEY_FINGERPRINT="$FINGERPRINT" DOCKER_COMPANIONS="$COMPANIONS" remote/apt.sh docker/repository.sh docker/install.sh
}

DOCKER="docker-ce=5:28.5.2-1~debian.13~trixie docker-ce-cli=5:28.5.2-1~debian.13~trixie"

# asked_for PACKAGE[=VERSION]…: apt was asked for these, and no more.
asked_for() { grep -Fx "apt-get install -qy --no-install-recommends $*" "$CALLS"; }

@test "installs the pinned versions from the signed repository, or the newest before one that is not there" {
  install_docker
  assert_done
  asked_for "$DOCKER" containerd.io=1.7.29-2~debian.13~trixie docker-buildx-plugin=0.29.1-1~debian.13~trixie docker-compose-plugin=2.40.2-1~debian.13~trixie
  [ "$(sed 1d "$ROOT/etc/apt/sources.list.d/docker.list")" = "deb [arch=amd64 signed-by=$ROOT/etc/apt/keyrings/docker.asc] https://download.docker.com/linux/debian trixie stable" ]
  [ "$(cat "$ROOT/etc/apt/keyrings/docker.asc")" = key ]
}

@test "leaves a Docker alone that is recent enough, whoever installed it" {
  docker_is 26.1.5 2.26.1
  install_docker
  assert_done
  not_called '^(apt|curl|gpg)'
  [ ! -e "$ROOT/etc/apt" ]
  [[ $stderr == *"Docker 26.1.5 with Compose 2.26.1 is there"* ]]
}

@test "brings a Docker of its own up to the versions of the settings, and never down" {
  install_docker
  are_there docker-ce=5:28.4.9-1~debian.13~trixie containerd.io=2.2.1-1~debian.13~trixie docker-buildx-plugin=0.29.1-1 docker-compose-plugin=2.40.3-1
  : >"$CALLS"
  install_docker
  assert_done
  asked_for "$DOCKER"
  for version in 28.5.2 28.5.10 29.0.0; do
    are_there "docker-ce=5:$version-1~debian.13~trixie" containerd.io=1.7.29-1 docker-compose-plugin=5.0.1-1
    : >"$CALLS"
    install_docker
    assert_done
    not_called '^(apt-get|curl)'
  done
}

@test "is content with what it took in place of versions that are not there" {
  install_docker
  are_there docker-ce=5:28.5.2-1 containerd.io=1.7.29-2 docker-buildx-plugin=0.29.1-1 docker-compose-plugin=2.40.2-1~debian.13~trixie
  : >"$CALLS"
  install_docker
  assert_done
  not_called '^(apt-get|curl)'
}

@test "brings what belongs to it up to the versions of the settings, too" {
  install_docker
  are_there docker-ce=5:29.0.0-1 docker-ce-cli=5:28.5.2-1 containerd.io=1.7.28-1 docker-buildx-plugin=0.30.1-1 docker-compose-plugin=2.40.3-1
  : >"$CALLS"
  install_docker
  assert_done
  asked_for containerd.io=1.7.29-2~debian.13~trixie
}

@test "takes the newest of what belongs to it beside a version that somebody chose" {
  COMPANIONS="containerd.io docker-compose-plugin"
  install_docker
  assert_done
  asked_for "$DOCKER" containerd.io docker-compose-plugin
}

@test "leaves the version of a Docker alone that somebody else took from the same repository" {
  install_docker
  sed -i 1d "$ROOT/etc/apt/sources.list.d/docker.list"
  are_there docker-ce=5:28.4.9-1~debian.13~trixie containerd.io=1.7.28-1
  : >"$CALLS"
  install_docker
  assert_done
  not_called '^(apt|curl)'
}

@test "takes the oldest versions that serve, with or without a v" {
  docker_is 20.10.10 v2.20.0
  install_docker
  assert_done
}

@test "a second run installs nothing" {
  install_docker
  : >"$CALLS"
  install_docker
  assert_done
  not_called '^(apt|curl)'
}

@test "starts a Docker that is there but stopped" {
  docker_is 28.0.0 2.30.0
  fake systemctl '[[ $1 != is-active ]]'
  install_docker
  assert_done
  grep -x 'systemctl enable --now docker' "$CALLS"
}

@test "starts a Docker that systemd has given up" {
  docker_is 28.0.0 2.30.0
  fake systemctl "case \$1 in is-active) exit 1 ;; reset-failed) : >$ROOT/reset ;; enable) [[ -e $ROOT/reset ]] ;; esac"
  install_docker
  assert_done
  not_called '^(apt|curl)'
}

@test "installs nothing on a machine that is going down" {
  docker_is 28.0.0 2.30.0
  fake systemctl 'case $1 in is-system-running) echo stopping ;; *) exit 1 ;; esac'
  install_docker
  assert_failed_with "This machine is going down." "Run pulumi up again once it is back."
  not_called '^(apt|curl)'
}

@test "refuses an engine that is too old, and leaves it as it is" {
  docker_is 19.03.15 2.26.1
  install_docker
  assert_failed_with "Docker 19.03.15 is installed; 20.10.10 or newer is needed." "Upgrade it, or remove it"
  not_called '^apt'
}

@test "refuses a Compose that is too old" {
  docker_is 28.0.0 2.9.0
  install_docker
  assert_failed_with "Docker Compose 2.9.0 is installed; 2.20.0 or newer is needed."
}

@test "refuses the snap, with the reason and the way out" {
  docker_is 28.0.0 2.30.0
  mkdir -p "$ROOT/snap/bin"
  touch "$ROOT/snap/bin/docker"
  install_docker
  assert_failed_with "Docker is installed as a snap, which cannot reach Snikket's folders." "snap remove --purge docker"
  not_called '^apt'
}

@test "refuses the snap where it is on nobody's path, before anything is installed" {
  mkdir -p "$ROOT/snap/bin"
  touch "$ROOT/snap/bin/docker"
  install_docker
  assert_failed_with "Docker is installed as a snap"
  not_called '^(apt|curl)'
}

@test "refuses a signing key with another fingerprint, before apt sees it" {
  key 0000000000000000000000000000000000000000
  install_docker
  assert_failed_with "The signing key at https://download.docker.com/linux/debian/gpg is 0000000000000000000000000000000000000000, not $FINGERPRINT." "Nothing was installed"
  [ ! -e "$ROOT/etc/apt/keyrings/docker.asc" ]
  [ ! -e "$ROOT/etc/apt/sources.list.d/docker.list" ]
}

@test "refuses what is no key at all" {
  fake gpg 'exit 2'
  install_docker
  assert_failed_with "is no key at all, not $FINGERPRINT"
}

@test "says that the key cannot be fetched, and from where" {
  fake curl 'exit 6'
  install_docker
  assert_failed_with "ERROR: Fetching Docker's signing key from https://download.docker.com/linux/debian/gpg: that failed (exit status 6)." "reachable from the machine?"
}

@test "refuses a repository that is not signed by that key, although apt ends well" {
  fake apt-get "echo 'W: GPG error: https://download.docker.com/linux/debian trixie InRelease: NO_PUBKEY'"
  install_docker
  assert_failed_with "W: GPG error" "The repository https://download.docker.com/linux/debian is not signed by Docker's key"
  not_called 'apt-get install'
}

@test "refuses a repository that answered nothing for as long as apt may ask" {
  fake apt-cache :
  fake timeout "shift 2; [[ \$* != 'apt-get update'* ]] || exit 124; exec \"\$@\""
  install_docker
  assert_failed_with "The repository https://download.docker.com/linux/debian is not signed by Docker's key, or could not be read."
  not_called 'apt-get install'
}

@test "has apt ask a silent repository twice while it reads the lists, fifteen seconds each, and changes no setting of the machine" {
  fake apt-get "[[ \$1 != update ]] || cat \"\$APT_CONFIG\" >$BATS_TEST_TMPDIR/settings; $(declare -f docker_is); [[ \$1 != install ]] || BIN=$BIN CALLS=$CALLS docker_is 28.5.2 2.40.1"
  install_docker
  assert_done
  diff - "$BATS_TEST_TMPDIR/settings" <<'X'
Acquire::Retries "1";
Acquire::http::Timeout "15";
Acquire::https::Timeout "15";
X
  [ ! -e "$ROOT/etc/apt/apt.conf.d" ]
}

@test "is not stopped by somebody else's broken repository" {
  fake apt-get "[[ \$1 != update ]] || echo 'W: Failed to fetch https://example.org/debian'; $(declare -f docker_is); [[ \$1 != install ]] || BIN=$BIN CALLS=$CALLS docker_is 28.5.2 2.40.1"
  install_docker
  assert_done
}

@test "says which versions there are where the wanted one is missing" {
  offers docker-ce 5:29.0.1-1~debian.13~trixie 5:28.4.0-1~debian.13~trixie
  install_docker
  assert_failed_with "https://download.docker.com/linux/debian has no docker-ce 28.5.2 for trixie." \
    "It has: 5:29.0.1-1~debian.13~trixie 5:28.4.0-1~debian.13~trixie" "Set snikket:docker.version to one of these."
  not_called 'apt-get install'
}

@test "says which versions there are where all of what belongs to it are newer" {
  offers containerd.io 2.2.1-1~debian.13~trixie
  install_docker
  assert_failed_with "https://download.docker.com/linux/debian has no containerd.io up to 1.7.29 for trixie." \
    "It has: 2.2.1-1~debian.13~trixie" "Set snikket:docker.version to another one: beside that, the newest containerd.io is taken."
  not_called 'apt-get install'
}

@test "does not take 28.5.20 for 28.5.2" {
  offers docker-ce 5:28.5.20-1~debian.13~trixie
  install_docker
  assert_failed_with "has no docker-ce 28.5.2"
}

@test "installs nothing over a Docker that is slow to answer" {
  docker_is 26.1.5 2.26.1
  fake timeout "shift; [[ \$* != 'docker version'* ]] || exit 124; exec \"\$@\""
  install_docker
  assert_failed_with "ERROR: Docker has not answered within 60 s." "journalctl -u docker"
  not_called '^(apt-get|curl)'
}

@test "fails where Docker does not answer after its installation" {
  fake apt-get
  install_docker
  assert_failed_with "Docker does not answer after its installation." "journalctl -u docker"
}

@test "installs nothing where Docker waits for its data volume, and says so" {
  docker_is 26.1.5 2.26.1
  fake systemctl '[[ $1 != is-active && $1 != enable ]]'
  fake mountpoint 'exit 1'
  put /etc/systemd/system/docker.service.d/80-snikket-data.conf $'[Unit]\nRequiresMountsFor=/srv/data'
  install_docker
  assert_failed_with "Docker does not start, for the data volume is not mounted at /srv/data." "Attach the volume to the machine"
  not_called '^(apt-get|curl)'
}

@test "takes the distribution's packages where their Compose is recent enough" {
  fake apt-cache 'case "$*" in *docker-compose-v2*) ;; *docker-cli*) echo "docker-cli - client" ;; policy*) echo "  Candidate: 2.26.1-4" ;; esac'
  machine_run DOCKER_SOURCE=distribution remote/apt.sh docker/repository.sh docker/install.sh
  assert_done
  grep -x 'apt-get install -qy --no-install-recommends docker.io docker-compose docker-cli' "$CALLS"
}

@test "takes Ubuntu's Compose, which has another name, and no client of its own" {
  fake apt-cache 'case "$*" in *search*docker-compose-v2*) echo "docker-compose-v2 - plugin" ;; "policy docker-compose-v2") echo "  Candidate: 2.24.6+ds1-0ubuntu1~22.04.1" ;; esac'
  machine_run DOCKER_SOURCE=distribution remote/apt.sh docker/repository.sh docker/install.sh
  assert_done
  grep -x 'apt-get install -qy --no-install-recommends docker.io docker-compose-v2' "$CALLS"
}

@test "refuses the distribution's packages where their Compose is too old, and says what to do" {
  fake apt-cache '[[ $1 != policy ]] || echo "  Candidate: 1.29.2-3"'
  machine_run DOCKER_SOURCE=distribution remote/apt.sh docker/repository.sh docker/install.sh
  assert_failed_with "This distribution's Compose is 1.29.2-3; 2.20.0 or newer is needed." "Leave out snikket:docker"
  not_called 'apt-get install'
}

@test "fails without its variables" {
  machine_run remote/apt.sh docker/repository.sh docker/install.sh
  [ "$status" -ne 0 ]
  [[ $stderr == *DOCKER_SOURCE* ]]
}
