#!/usr/bin/env bats
load machine

LINK=https://chat.example.org/invite/abc_DEF-123/

setup() {
  make_machine
  put /var/lib/snikket/secrets.conf $'SNIKKET_WEB_SECRET_KEY=web\nTWEAK_SNIKKET_BOOTSTRAP_SECRET=hunter2\nTWEAK_SNIKKET_BOOTSTRAP_INDEX=1'
  bootstrap "303 $LINK"
  fake docker
}

# What the bootstrap address answers; its request is kept, for it holds the secret.
bootstrap() { fake curl "cat >>$ROOT/tmp/request; printf %s '$1'"; }

# invite STATUS…: the statuses of the invitation's page, one after the other. The rest of deploy.sh is not run here.
invite() {
  printf '%s\n' "$@" >"$ROOT/statuses"
  machine_run SNIKKET_DOMAIN=chat.example.org snikket/invitation.sh - <<X
ask() { head -n 1 "$ROOT/statuses"; sed -i 1d "$ROOT/statuses"; }
wait_for_health() { :; }
link=\$(invitation)
printf 'link: %s\n' "\$link" >&3
X
}

index() { sed -n 's/^TWEAK_SNIKKET_BOOTSTRAP_INDEX=//p' "$ROOT/var/lib/snikket/secrets.conf"; }

@test "hands over the link of an invitation that is open, and makes no other" {
  invite 200
  [ "$output" = "link: $LINK" ]
  [ "$(index)" -eq 1 ]
  not_called docker
}

@test "keeps the secret out of arguments and output" {
  invite 200
  not_called hunter2
  [[ $output$stderr != *hunter2* ]]
  grep -q 'token=hunter2' "$ROOT/tmp/request"
}

@test "hands over nothing where the invitation was used: there are people" {
  fake docker 'echo "admin@chat.example.org"'
  invite 404
  [ "$output" = "link: " ]
  [ "$(index)" -eq 1 ]
}

@test "makes a new invitation where the first has expired unused" {
  invite 404 200
  [ "$output" = "link: $LINK" ]
  [ "$(index)" -eq 2 ]
  [ "$(stat -c %a "$ROOT/var/lib/snikket/secrets.conf")" = 600 ]
  grep -x 'SNIKKET_WEB_SECRET_KEY=web' "$ROOT/var/lib/snikket/secrets.conf"
  grep -x 'docker compose up --detach' "$CALLS"
}

@test "ends where the new one is dead as well, instead of making more" {
  invite 404 404 404
  [ "$status" -eq 1 ]
  [[ $stderr == *"A new first invitation is dead as well."* ]]
  [ "$(index)" -le 3 ]
}

@test "fails where the portal does not answer for it" {
  invite 502 502
  [ "$status" -eq 1 ]
  [[ $stderr == *"The first invitation cannot be opened: 502."* ]]
}

@test "fails on an answer that is no invitation, and takes no link that leads elsewhere" {
  for answer in "403 " "410 " "000 " "303 https://evil.example/invite/abc/" "303 https://chat.example.org/login"; do
    bootstrap "$answer"
    invite 200
    [ "$status" -eq 1 ]
    [[ $stderr == *"Snikket gave no first invitation; it answered ${answer%% *}."* ]]
  done
}
