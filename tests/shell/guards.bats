#!/usr/bin/env bats
load machine

setup() {
  make_machine
  fake docker 'exit 1'
  fake getent 'echo "198.51.100.7 STREAM $2"; echo "198.51.100.7 DGRAM"'
}

guard() {
  machine_run SNIKKET_DOMAIN=chat.example.org PUBLIC_IPV4=198.51.100.7 snikket/guards.sh - <<<"$1; echo 1 >&3"
}

@test "a new machine becomes the domain's own" {
  guard "guard_data; claim_data"
  assert_done
  [ "$(cat "$ROOT/var/lib/snikket/domain")" = chat.example.org ]
  [ "$(cat "$ROOT/etc/snikket/domain")" = chat.example.org ]
  [ -d "$ROOT/var/lib/snikket/data" ]
}

@test "the same domain again changes nothing" {
  guard "guard_data; claim_data"
  put /var/lib/snikket/data/prosody/accounts "people"
  guard "guard_data; claim_data"
  assert_done
  [ "$(cat "$ROOT/var/lib/snikket/data/prosody/accounts")" = people ]
}

@test "refuses a machine with the data of another domain, and touches nothing" {
  put /var/lib/snikket/domain old.example.org
  put /var/lib/snikket/data/prosody/accounts "people"
  guard guard_data
  assert_failed_with "The data on this machine belongs to old.example.org, not to chat.example.org." \
    "set snikket:domain back to old.example.org, or take another machine"
  [ "$(cat "$ROOT/var/lib/snikket/domain")" = old.example.org ]
  [ ! -e "$ROOT/etc/snikket" ]
}

@test "lets a machine without data become another domain's" {
  put /var/lib/snikket/domain old.example.org
  guard "guard_data; claim_data"
  assert_done
  [ "$(cat "$ROOT/var/lib/snikket/domain")" = chat.example.org ]
}

@test "tells data without the file that says whose from a missing disk" {
  put /etc/snikket/domain chat.example.org
  put /var/lib/snikket/data/prosody/accounts "people"
  guard guard_data
  assert_failed_with "$ROOT/var/lib/snikket holds data, but not the file that says whose." "those of chat.example.org" "cp $ROOT/etc/snikket/domain $ROOT/var/lib/snikket/domain"
}

@test "refuses to begin an empty server where the data's disk is missing" {
  put /etc/snikket/domain chat.example.org
  guard guard_data
  assert_failed_with "The data of chat.example.org is not at $ROOT/var/lib/snikket." "Mount its disk there"
  [ ! -e "$ROOT/var/lib/snikket" ]
}

@test "refuses a folder with files of somebody else" {
  put /var/lib/snikket/data/prosody/accounts "people"
  guard guard_data
  assert_failed_with "$ROOT/var/lib/snikket/data holds files that this project did not put there."
}

@test "refuses to stand beside a Snikket that somebody made by hand" {
  fake docker 'echo /var/lib/docker/volumes/snikket_snikket_data/_data'
  guard guard_volume
  assert_failed_with "There is a Snikket on this machine that this project did not make" "Nothing was touched."
}

@test "knows its own volume" {
  fake docker "echo $ROOT/var/lib/snikket/data"
  guard guard_volume
  assert_done
}

@test "names that lead here are looked up all three" {
  guard check_names
  assert_done
  assert_calls <<'X'
getent ahostsv4 chat.example.org
getent ahostsv4 groups.chat.example.org
getent ahostsv4 share.chat.example.org
X
}

# Here a minute passes at once.
hurried='sleep() { SECONDS=$((SECONDS + 10)); }'

@test "a name that leads elsewhere is shown with its address" {
  fake getent '[[ $2 == groups.* ]] && echo "192.0.2.1 STREAM" || echo "198.51.100.7 STREAM"'
  guard "$hurried; check_names"
  assert_failed_with "On the machine, groups.chat.example.org is 192.0.2.1, not 198.51.100.7." "No certificate was asked for."
}

@test "a name that is not known is said to be so" {
  fake getent 'exit 2'
  guard "$hurried; check_names"
  assert_failed_with "On the machine, chat.example.org is unknown, not 198.51.100.7."
}

@test "a name with two addresses leads elsewhere too" {
  fake getent 'echo "198.51.100.7 STREAM"; echo "192.0.2.1 STREAM"'
  guard "$hurried; check_names"
  assert_failed_with "chat.example.org is 192.0.2.1,198.51.100.7, not 198.51.100.7."
}

@test "a resolver that remembers is asked to forget first" {
  fake resolvectl
  guard check_names
  assert_done
  [ "$(head -n 1 "$CALLS")" = "resolvectl flush-caches" ]
}
