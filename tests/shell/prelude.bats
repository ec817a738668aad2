#!/usr/bin/env bats
load machine

setup() { make_machine; }

@test "only descriptor 3 is the result; everything else is progress" {
  machine_run - <<<'echo a; echo b >&2; step c; echo result >&3'
  [ "$output" = result ]
  [ "$stderr" = $'a\nb\nc' ]
}

@test "fail says what happened and what to do, and ends the run" {
  machine_run - <<<'fail "It is broken." "Mend it." "Then go on."; echo on >&3'
  [ "$status" -eq 1 ]
  [ "$output" = "" ]
  [ "$stderr" = $'ERROR: It is broken.\n       Mend it.\n       Then go on.' ]
}

@test "a bad end says where there is no room left, and a good one does not" {
  fake df 'printf "%s\n" "1K-blocks Used Mounted on" "4096 3073 /tmp" "4096 3072 /" "64 64 /etc/snikket" "4096 4096 /tmp"; exit 1'
  machine_run - <<<'false'
  assert_failed_with $'ERROR: This machine has no room left at: /etc/snikket /tmp. Make room there (df -h shows it), then run pulumi up again.'
  [ -z "$(ls -A "$ROOT/tmp")" ]
  machine_run - <<<'true'
  [ "$status" -eq 0 ]
  [ "$stderr" = "" ]
}

@test "it is said, too, where not even the run's own folder can be made" {
  fake df 'echo "1K-blocks Used Mounted on"; echo "64 64 /tmp"'
  fake mktemp 'echo "mktemp: No space left on device" >&2; exit 1'
  machine_run - <<<'echo on >&3'
  assert_failed_with "No space left on device" "ERROR: This machine has no room left at: /tmp"
}

@test "a bad end on a machine that goes down says so" {
  for state in stopping unknown running; do
    fake systemctl "echo $state; exit 1"
    machine_run - <<<'fail "There is no key."'
    [ "$status" -eq 1 ]
    [[ $state == running || $stderr == $'ERROR: There is no key.\n'*$'\n       This machine is going down. Run pulumi up again once it is back.' ]]
    [[ $state != running || $stderr != *"going down"* ]]
  done
}

@test "it is said below the reason, where there is one" {
  fake df 'echo "1K-blocks Used Mounted on"; echo "64 64 /tmp"'
  machine_run - <<<'fail "It is broken." "Mend it."'
  [ "$status" -eq 1 ]
  [[ $stderr == $'ERROR: It is broken.\n       Mend it.\n       This machine has no room left at: /tmp. '* ]]
}

@test "a bad end leaves the reason as it is where there is room" {
  fake df 'echo "1K-blocks Used Mounted on"; echo "4096 64 /tmp"'
  machine_run - <<<'exit 7'
  [ "$status" -eq 7 ]
  [ "$stderr" = "" ]
}

@test "nothing that the run staged is left behind, whether it ends well or not" {
  for end in true 'fail "no"' 'kill -TERM $$'; do
    machine_run - <<<"echo secret >\"\$FILES/key\"; $end"
    [ -z "$(ls -A "$ROOT/tmp")" ]
  done
}

@test "what a killed run left behind is removed by the next" {
  machine_run - <<<'echo secret >"$FILES/key"; kill -KILL $$'
  [ -n "$(ls -A "$ROOT/tmp")" ]
  machine_run - <<<'[[ ! -e $FILES/key ]]; ls "${FILES%/*}" | wc -l >&3'
  [ "$output" = 1 ]
  [ -z "$(ls -A "$ROOT/tmp")" ]
}

@test "what is staged can be read by root alone" {
  machine_run - <<<'echo x >"$FILES/key"; stat -c %a "$FILES" "$FILES/key" >&3'
  [ "$output" = $'700\n600' ]
}

@test "what ends badly leaves no copy of its memory, which may hold keys" {
  # Where the tests themselves may leave none, the script has nothing to forbid.
  ulimit -c unlimited || skip "core dumps cannot be allowed here"
  machine_run - <<<'ulimit -S -c >&3; ulimit -H -c >&3'
  [ "$output" = $'0\n0' ]
}

@test "a run waits 15 minutes for another, and says at the end which it is" {
  exec 9>"$ROOT/run/lock/up"
  flock 9
  ln -s "/proc/$BASHPID" "$ROOT/proc/$BASHPID"
  fake flock 'exit 1'
  machine_run - <<<'echo on >&3'
  assert_failed_with "Another run is still at work on this machine: process $BASHPID (bash)" \
    "ERROR: It has not ended within 15 minutes. What was at work last: process $BASHPID (bash)."
  [ "$(grep -cx 'flock --wait 10 9' "$CALLS")" -eq 90 ]
}

@test "a run goes on as soon as the other has ended, and names nobody where nobody is seen" {
  fake flock "[[ -e $ROOT/tmp/asked ]] || { : >$ROOT/tmp/asked; exit 1; }"
  machine_run - <<<'echo on >&3'
  [ "$output" = on ]
  [ "$stderr" = "Another run is still at work on this machine: unknown" ]
}

@test "nobody but root can keep a run waiting, or put a file in the place of its lock" {
  [ "$(id -u)" -eq 0 ] || skip "root alone may make it"
  machine_run LOCK_FILE= - <<<'readlink /dev/fd/9 >&3'
  [ "$(stat -c '%U %a' "${output%/*}")" = "root 755" ]
  rm "$output"
}

@test "quietly keeps the output of what goes well to itself" {
  machine_run - <<<'quietly "Working" bash -c "echo noise; echo more >&2"; echo done >&3'
  [ "$status" -eq 0 ]
  [ "$output" = "done" ]
  [ "$stderr" = Working ]
}

@test "quietly shows the last lines of what fails, its status, and ends the run" {
  machine_run - <<<'quietly "Working" bash -c "seq 100; exit 7"; echo on >&3'
  assert_failed_with "ERROR: Working: that failed (exit status 7)." $'81\n82'
  [[ $stderr != *$'\n80\n'* ]]
}

@test "quietly says what failed where the machine goes down, and its /tmp with it" {
  machine_run - <<<'quietly "Working" bash -c "rm -r $FILES; exit 7"'
  [ "$status" -eq 1 ]
  [[ $stderr == *"ERROR: Working: that failed (exit status 7)."* ]]
}

@test "quietly ends with advice where there is some, and the next one without it" {
  machine_run - <<<'ADVICE="Try a spade." quietly "Digging" true; quietly "Working" false'
  assert_failed_with "ERROR: Working: that failed"
  [[ $stderr != *spade* ]]
  machine_run - <<<'ADVICE="Try a spade." quietly "Digging" false'
  assert_failed_with $'stand above.\n       Try a spade.'
}

@test "quietly cuts lines that never end" {
  machine_run - <<<'quietly "Working" bash -c "head -c 100000 /dev/zero | tr \"\\0\" x; exit 1"'
  [ "$status" -eq 1 ]
  [ "${#stderr}" -lt 1000 ]
}

@test "quietly says that it still runs, for how long it may, and what it said last" {
  # Time passes faster here: the clock of the run starts nine seconds ago.
  machine_run - <<<'sleep() { SECONDS=$((SECONDS + 10)); command sleep 0.05; }; quietly "Working" bash -c "sleep 0.3; echo first; echo second; sleep 0.6"'
  [[ $stderr == *$'Working: 10 s of at most 1800 s\n'* ]]
  [[ $stderr == *" s of at most 1800 s; it says: second"* ]]
}

@test "quietly says of what said nothing that it did not" {
  machine_run - <<<'quietly "Working" false'
  assert_failed_with $'Working\n(It said nothing.)\nERROR: Working: that failed'
}

@test "quietly ends what takes longer than 30 minutes, and shows what it said last, and the advice" {
  fake timeout 'echo "Unpacking the piano"; exit 124'
  machine_run - <<<'ADVICE="Take the lift." quietly "Working" haul piano; echo on >&3'
  assert_failed_with $'Unpacking the piano\nERROR: Working: that did not end within 30 minutes.' $'stand above.\n       Take the lift.'
  assert_calls <<<'timeout --kill-after=60 1800 haul piano'
}

@test "quietly kills what does not end when it is told to, and says that it took too long" {
  # Half an hour passes with the first look here.
  fake timeout "shift 2; exec $REAL/timeout --kill-after=0.5 2 \"\$@\""
  machine_run - <<<'sleep() { SECONDS=$((SECONDS + 1800)); command sleep 0.1; }
    quietly "Working" bash -c "trap : TERM; echo Not yet; while :; do sleep 5; done"; echo on >&3'
  assert_failed_with $'Not yet\n' "ERROR: Working: that did not end within 30 minutes."
}

@test "quietly says of what somebody else killed that it failed" {
  machine_run - <<<'quietly "Working" bash -c "kill -KILL \$\$"'
  assert_failed_with "ERROR: Working: that failed (exit status 137)."
}

@test "wait_until ends as soon as it is so" {
  machine_run - <<<'n=0; so() { n=$((n + 1)); [[ $n -ge 2 ]]; }; wait_until 60 "it" so; echo "$n" >&3'
  [ "$status" -eq 0 ]
  [ "$output" = 2 ]
}

@test "wait_until ends after its time, and says what it waits for" {
  # Unset, SECONDS is a variable like any other, and only what sleeps moves it.
  machine_run - <<<'unset SECONDS; SECONDS=0; sleep() { SECONDS=$((SECONDS + 10)); }; wait_until 30 "rain" false || echo "gave up after $SECONDS" >&3'
  [ "$output" = "gave up after 30" ]
  [ "$stderr" = $'waiting for rain: 10 s of at most 30 s\nwaiting for rain: 20 s of at most 30 s' ]
}

@test "install_file puts a file in place with its mode, and makes its folder" {
  machine_run - <<<'echo new >"$FILES/a"; install_file a /etc/deep/conf 640; stat -c %a /etc/deep/conf >&3'
  [ "$output" = 640 ]
  [ "$(cat "$ROOT/etc/deep/conf")" = new ]
  [ "$(ls "$ROOT/etc/deep")" = conf ]
}

@test "install_file leaves a file alone that is right, but mends its owner and mode" {
  put /etc/conf same
  chmod 644 "$ROOT/etc/conf"
  touch -d '2001-01-01' "$ROOT/etc/conf"
  fake chown
  machine_run - <<<'echo same >"$FILES/a"; install_file a /etc/conf 600; stat -c "%a %y" /etc/conf >&3'
  [[ $output == "600 2001-01-01 "* ]]
  assert_calls <<<"chown $EUID /etc/conf"
}

@test "install_file puts a file in place of a link to one like it" {
  put /etc/other same
  ln -s other "$ROOT/etc/conf"
  machine_run - <<<'echo same >"$FILES/a"; install_file a /etc/conf 600; stat -c "%F %a" /etc/conf >&3'
  [ "$output" = 'regular file 600' ]
}

@test "install_file never leaves half a file, wherever it is cut off" {
  put /etc/conf old
  for tool in install sync mv; do
    fake "$tool" 'exit 1'
    machine_run - <<<'echo new >"$FILES/a"; install_file a /etc/conf 600; echo on >&3'
    [ "$status" -ne 0 ]
    [ "$(cat "$ROOT/etc/conf")" = old ]
    rm "$BIN/$tool"
  done
  machine_run - <<<'echo new >"$FILES/a"; install_file a /etc/conf 600'
  [ "$(cat "$ROOT/etc/conf")" = new ]
}

@test "a line that others made endless is cut, in words of ours too" {
  machine_run - <<<'step "$(head -c 70000 /dev/zero | tr "\0" x)"; head -c 70000 /dev/zero | tr "\0" y | plain'
  [ "$status" -eq 0 ]
  [ "$(wc -L <<<"$stderr")" -eq 4000 ]
}
