#!/usr/bin/env bash
# What must be so before a deployment touches anything: the data is ours, the names lead here.
# Reads: SNIKKET_DOMAIN PUBLIC_IPV4
set -euo pipefail

DATA=/var/lib/snikket
CONF=/etc/snikket

docker_answers() { timeout 60 docker info >/dev/null 2>&1; }

# Somebody may have stopped it since it was installed.
guard_docker() {
  docker_answers || systemctl enable --now docker || : # it is judged by its answer
  docker_answers || fail "Docker does not answer on this machine." \
    "On the machine, look at: journalctl -u docker -n 50. If Docker was removed: pulumi up --replace '**docker-install'"
}

# Compose would offer to empty a volume that is another one.
guard_volume() {
  local device
  if device=$(docker volume inspect --format '{{index .Options "device"}}' snikket_snikket_data 2>/dev/null) && [[ $device != "$DATA/data" ]]; then
    fail "There is a Snikket on this machine that this project did not make; its data is in the Docker volume snikket_snikket_data." \
      "Nothing was touched. How to take it over stands in docs/operations.md."
  fi
}

guard_data() {
  local owner
  if [[ -e $DATA/domain ]]; then
    owner=$(<"$DATA/domain")
    [[ $owner == "${SNIKKET_DOMAIN:?}" || -z $(ls -A "$DATA/data" 2>/dev/null) ]] ||
      fail "The data on this machine belongs to $owner, not to $SNIKKET_DOMAIN." "Snikket cannot change its domain: set snikket:domain back to $owner, or take another machine."
  elif [[ -e $CONF/domain && -n $(ls -A "$DATA/data" 2>/dev/null) ]]; then
    fail "$DATA holds data, but not the file that says whose." "If they are those of $(<"$CONF/domain"), on the machine: cp $CONF/domain $DATA/domain. Then run this again."
  elif [[ -e $CONF/domain ]]; then
    fail "The data of $(<"$CONF/domain") is not at $DATA." "Mount its disk there and run this again. If the data is lost for good: rm $CONF/domain, and a new, empty server is made."
  elif [[ -n $(ls -A "$DATA/data" 2>/dev/null) ]]; then
    fail "$DATA/data holds files that this project did not put there." "Move them away, or write the domain they belong to into $DATA/domain."
  fi
}

# From here on the machine is this domain's.
claim_data() {
  install -d -m 755 "$DATA" "$DATA/data" "$CONF" "$CONF/ca"
  printf '%s\n' "$SNIKKET_DOMAIN" >"$FILES/domain"
  install_file domain "$DATA/domain" 644
  install_file domain "$CONF/domain" 644
}

addresses() { getent ahostsv4 "$1" | awk '{print $1}' | sort -u; }

resolves_here() { [[ $(addresses "$1") == "$PUBLIC_IPV4" ]]; }

# coturn and certbot ask the machine's own resolver, which may still remember yesterday.
check_names() {
  local name
  ! command -v resolvectl >/dev/null || resolvectl flush-caches || step "This machine's resolver keeps its cache"
  for name in "$SNIKKET_DOMAIN" "groups.$SNIKKET_DOMAIN" "share.$SNIKKET_DOMAIN"; do
    wait_until 60 "$name to resolve to $PUBLIC_IPV4 on the machine" resolves_here "$name" ||
      fail "On the machine, $name is $(addresses "$name" | paste -sd, | grep . || echo unknown), not $PUBLIC_IPV4." \
        "Correct the record or, if only the machine sees it so, its /etc/hosts and /etc/resolv.conf. No certificate was asked for."
  done
}
