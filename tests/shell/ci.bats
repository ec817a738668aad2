#!/usr/bin/env bats
load machine

# A machine with these programs, on which packages are only asked for.
setup() {
  make_machine
  for program in curl debootstrap dockerd git iptables openssl pip3 shellcheck shfmt ssh-keygen; do fake "$program"; done
  fake npm "[ -f package.json ]"
  fake apt-get "[ \"\$1\" = update ] || [ \"\$DEBIAN_FRONTEND\" = noninteractive ]"
}

# As a person runs it, from wherever that is.
ci_run() {
  chmod +x "$BIN"/*
  cd /
  run env -i PATH="$BIN:$REAL" "$PROJECT/.ci/run"
}

tests_run() { printf 'npm %s\n' ci test 'run test:contract' 'run test:faults'; }

@test "what is missing is installed by the names of its packages, and then all tests run" {
  rm "$BIN"/{dockerd,pip3,ssh-keygen}
  ci_run
  [ "$status" -eq 0 ]
  assert_calls <<<"apt-get update -q
apt-get install -qy --no-install-recommends ca-certificates docker.io python3-pip openssh-client
$(tests_run)"
}

@test "where nothing is missing, nothing is installed" {
  ci_run
  [ "$status" -eq 0 ]
  assert_calls <<<"$(tests_run)"
}

@test "without what is missing it tests nothing" {
  rm "$BIN/git"
  fake apt-get '[ "$1" = update ]'
  ci_run
  [ "$status" -ne 0 ]
  not_called '^npm'
}

@test "it ends where something fails" {
  fake npm '[ "$1" != test ]'
  ci_run
  [ "$status" -ne 0 ]
  [ "$(tail -n 1 "$CALLS")" = 'npm test' ]
}
