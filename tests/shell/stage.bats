#!/usr/bin/env bats
load machine

setup() {
  make_machine
  fake dpkg 'echo amd64'
  fake ss
  fake getent 'echo "198.51.100.7 STREAM"'
  fake df 'echo Size; echo 40G'
  addresses 10.0.0.2
  docker_with amd64
  # Stands for the proxy's port, which is asked by a shell of its own.
  fake bash
}

# The machine's own address; its route to the world leaves by it.
addresses() { fake ip "case \"\$*\" in *route*) echo '1.1.1.1 via 10.0.0.1 dev eth0 src $1 uid 0' ;; *) echo '2: eth0 inet $1/24 scope global eth0' ;; esac"; }

# A Docker with images of this architecture, and no volume.
docker_with() { fake docker "case \"\$*\" in volume*) exit 1 ;; *Architecture*) echo $1 ;; esac"; }

# stage [LINE…]: with these lines in snikket.conf.
stage() {
  machine_run SNIKKET_DOMAIN=chat.example.org PUBLIC_IPV4=198.51.100.7 PUBLIC_IPV6="${IPV6-}" PORTS='tcp 80' - remote/ports.sh snikket/guards.sh snikket/configure.sh snikket/compose.sh snikket/stage.sh <<X
printf '%s\n' SNIKKET_DOMAIN=chat.example.org $* >"\$FILES/snikket.conf"
printf 'name: snikket\n' >"\$FILES/docker-compose.yml"
printf 'services:\n' >"\$FILES/docker-compose.relay.yml"
echo '#!/bin/sh' >"\$FILES/turn-addresses"
printf 'SNIKKET_SERVER_IMAGE=snikket/snikket-server:1\nSNIKKET_PROXY_IMAGE=snikket/snikket-web-proxy:2\n' >"\$FILES/images.env"
: >"\$FILES/acme-root.pem"
X
}

conf() { cat "$ROOT/etc/snikket/snikket.conf"; }

@test "puts the configuration in place, starts the proxy alone, and reports the challenge" {
  stage
  assert_done
  [[ $output =~ ^\{\"stamp\":\"([0-9.]+)\",\"challenge\":\{\"path\":\"/.well-known/acme-challenge/snikket-reachable\",\"content\":\"([0-9.]+)\"\}\}$ ]]
  [ "${BASH_REMATCH[1]}" = "${BASH_REMATCH[2]}" ]
  [ "$(cd "$ROOT/etc/snikket" && stat -c '%n %a' .env ca/acme-root.pem docker-compose.yml domain snikket.conf)" = '.env 644
ca/acme-root.pem 644
docker-compose.yml 644
domain 644
snikket.conf 600' ]
  [ "$(grep 'docker compose' "$CALLS" | cut -d' ' -f1-6)" = 'docker compose up --detach --no-deps snikket_proxy
docker compose exec -T snikket_proxy sh' ]
}

# Whether each file is as the note says: contents, mode and owner.
as_noted() {
  cd "$ROOT/etc/snikket" || return
  local was name
  while read -r was name; do
    [ "$was" = "$(sha256sum <"$name" | cut -d' ' -f1)-$(stat -c %a-%u "$name")" ]
  done <../snikket-sums
}

@test "notes what it left, so that a change by hand can be seen" {
  stage
  as_noted
  [ "$(stat -c %a ../snikket-sums)" = 600 ]
  [ "$(cut -d' ' -f2 ../snikket-sums | LC_ALL=C sort | paste -sd' ')" = '.env ca/acme-root.pem docker-compose.relay.yml docker-compose.yml domain snikket.conf turn-addresses' ]
}

@test "puts back what was changed by hand, and its note stays" {
  stage
  echo MINE=1 >>"$ROOT/etc/snikket/snikket.conf"
  chmod 666 "$ROOT/etc/snikket/domain"
  rm -r "$ROOT/etc/snikket/turn-addresses" "$ROOT/etc/snikket/ca"
  touch -d 2001-01-01 "$ROOT/etc/snikket-sums"
  stage
  as_noted
  [ "$(stat -c %y ../snikket-sums | cut -c1-4)" = 2001 ]
}

@test "keeps no old note beside files that it may not have finished" {
  stage
  fake install 'case "$*" in *snikket.conf*) exit 1 ;; *) exec /usr/bin/install "$@" ;; esac'
  stage SNIKKET_LOGLEVEL=debug
  [ "$status" -ne 0 ]
  [ ! -e "$ROOT/etc/snikket-sums" ]
}

@test "fills in what only the machine knows: half its disk, and its address behind NAT" {
  stage
  [ "$(conf)" = 'SNIKKET_DOMAIN=chat.example.org
SNIKKET_UPLOAD_STORAGE_GB=20
SNIKKET_TWEAK_TURNSERVER_INTERNAL_IP=10.0.0.2' ]
}

@test "tells the relay all its addresses where IPv6 would hide that IPv4 is behind NAT" {
  IPV6=2001:db8::7 stage
  assert_done
  [[ $(conf) == *$'\nSNIKKET_RELAY_ADDRESSES=198.51.100.7/10.0.0.2 2001:db8::7' ]]
  [[ $(cat "$ROOT/etc/snikket/.env") == *COMPOSE_FILE=docker-compose.yml:docker-compose.relay.yml* ]]
  [[ $(cat "$ROOT/etc/snikket/.env") == *TURN_ADDRESSES="$(sha256sum <"$ROOT/etc/snikket/turn-addresses" | cut -c1-16)" ]]
  [ "$(stat -c %a "$ROOT/etc/snikket/turn-addresses")" = 755 ]
  not_called 'docker pull docker-compose'
}

@test "tells the relay its addresses where IPv4 is the machine's own, too, and IPv6 beside it" {
  addresses 198.51.100.7
  IPV6=2001:db8::7 stage
  [[ $(conf) == *$'\nSNIKKET_RELAY_ADDRESSES=198.51.100.7/198.51.100.7 2001:db8::7' ]]
}

@test "leaves the relay alone without IPv6" {
  stage
  [[ $(conf) != *RELAY_ADDRESSES* ]]
  [[ $(cat "$ROOT/etc/snikket/.env") == *$'COMPOSE_FILE=docker-compose.yml\n'* ]]
}

@test "keeps what the stack says of both" {
  stage SNIKKET_UPLOAD_STORAGE_GB=5 SNIKKET_TWEAK_TURNSERVER_INTERNAL_IP=10.9.9.9
  [ "$(conf)" = 'SNIKKET_DOMAIN=chat.example.org
SNIKKET_UPLOAD_STORAGE_GB=5
SNIKKET_TWEAK_TURNSERVER_INTERNAL_IP=10.9.9.9' ]
}

@test "names no inner address on a machine that has the public one itself" {
  addresses 198.51.100.7
  stage
  [[ $(conf) != *INTERNAL_IP* ]]
}

@test "makes the secrets once, for root alone, and each another" {
  stage
  secrets=$ROOT/var/lib/snikket/secrets.conf
  [ "$(stat -c %a "$secrets")" = 600 ]
  [ "$(grep -cE '=[0-9a-f]{64}$' "$secrets")" -eq 2 ]
  [ "$(cut -d= -f2 "$secrets" | sort -u | wc -l)" -eq 3 ]
  before=$(cat "$secrets")
  stage
  [ "$(cat "$secrets")" = "$before" ]
  for secret in $(grep -oE '[0-9a-f]{64}' <<<"$before"); do
    [[ $output$stderr != *"$secret"* ]]
    not_called "$secret"
  done
}

@test "a second run writes nothing" {
  stage
  find "$ROOT/etc" "$ROOT/var" -type f -exec touch -d 2001-01-01 {} +
  stage
  assert_done
  [ -z "$(find "$ROOT/etc" "$ROOT/var" -type f -newermt 2001-01-02)" ]
}

@test "pulls only images that are not there" {
  fake docker 'case "$*" in volume*) exit 1 ;; *Architecture*) echo amd64 ;; "image inspect snikket/snikket-server:1") exit 1 ;; esac'
  stage
  assert_done
  [ "$(grep 'docker pull' "$CALLS")" = 'docker pull snikket/snikket-server:1' ]
}

@test "starts a Docker that somebody has stopped" {
  fake docker "case \"\$*\" in info*) [[ -e $ROOT/started ]] ;; volume*) exit 1 ;; *Architecture*) echo amd64 ;; esac"
  fake systemctl "touch $ROOT/started"
  stage
  assert_done
  grep -x 'systemctl enable --now docker' "$CALLS"
}

@test "says how to get back a Docker that is gone" {
  fake docker 'exit 127'
  fake systemctl 'exit 1'
  stage
  assert_failed_with "Docker does not answer on this machine." "pulumi up --replace '**docker-install'"
  not_called 'docker (compose|pull)'
}

@test "refuses an image for another architecture, before anything is started or written" {
  docker_with arm64
  stage
  assert_failed_with "snikket/snikket-server:1 is for arm64; this machine is amd64." "Nothing was started."
  not_called 'docker compose'
  [ ! -e "$ROOT/etc/snikket/snikket.conf" ]
}

@test "an image that cannot be pulled is named, with Docker's own words" {
  fake docker 'case "$*" in volume* | image*) exit 1 ;; pull*) echo "manifest unknown"; exit 1 ;; esac'
  stage
  assert_failed_with "manifest unknown" "ERROR: Pulling snikket/snikket-server:1: that failed" "(40 MB are free)" "run pulumi up again later"
}

@test "asks for the names before it writes or starts anything" {
  fake getent 'echo "192.0.2.1 STREAM"'
  machine_run SNIKKET_DOMAIN=chat.example.org PUBLIC_IPV4=198.51.100.7 PUBLIC_IPV6="${IPV6-}" PORTS='tcp 80' - remote/ports.sh snikket/guards.sh snikket/configure.sh snikket/compose.sh snikket/stage.sh <<'X'
sleep() { SECONDS=$((SECONDS + 10)); }
touch "$FILES"/{snikket.conf,docker-compose.yml,images.env,acme-root.pem}
X
  assert_failed_with "chat.example.org is 192.0.2.1, not 198.51.100.7."
  not_called 'docker compose'
}
