# shellcheck shell=bash
# A machine for one test: a root folder of its own, a PATH with nothing on it that could change the real one, and
# recorders in place of the commands that a script asks to do something.
bats_require_minimum_version 1.5.0

# A process costs more than most of what it would say here: what bash can say itself is not asked elsewhere.
export PROJECT=${BATS_TEST_DIRNAME%/*/*}

# What a script may really use: nothing here knows a path outside the test's own folder.
TOOLS=(awk bash basename cat chmod chown cmp cut date dirname env flock grep head install ls mkdir mktemp mv od paste printf
  printenv readlink rm sed seq sh sha256sum sleep sort stat sync tail tee timeout touch tr true false wc)

make_machine() {
  export ROOT=$BATS_TEST_TMPDIR/root CALLS=$BATS_TEST_TMPDIR/calls
  BIN=$BATS_TEST_TMPDIR/bin
  mkdir -p "$BIN" "$ROOT"/{etc,proc/net,run/lock,var/lib,tmp}
  : >"$CALLS"
  REAL=$BATS_RUN_TMPDIR/tools
  [[ -d $REAL ]] || { mkdir "$REAL" && type -P "${TOOLS[@]}" | xargs ln -s -t "$REAL"; }
}

# fake NAME ['body']: a recorder, which then does what its body says; $1 … are its arguments.
fake() {
  printf '#!%s\nprintf "%%s\\n" "%s $*" >>%q\n%s\n' "$BASH" "$1" "$CALLS" "${2-}" >"$BIN/$1"
}

# put PATH TEXT: a file of the machine.
put() {
  [[ -d $ROOT${1%/*} ]] || mkdir -p "$ROOT${1%/*}"
  printf '%s\n' "$2" >"$ROOT$1"
}

# As the provider runs it: in one piece through standard input, root's paths moved into the test's folder. From a file,
# because of a pipe bash takes one byte at a time.
# machine_run [VARIABLE=value…] SCRIPT…: the files are named below components/; a script `-` is standard input.
machine_run() {
  local variables=() fakes=("$BIN"/*) script=$BATS_TEST_TMPDIR/script
  while [[ $1 == *=* ]]; do
    variables+=("$1")
    shift
  done
  (cd "$PROJECT/components" &&
    exec sed -E "s#(^|[^A-Za-z0-9_.\$}/-])/(etc|proc|run|srv|sys|usr|var|swapfile|snap)([/. \"')]|\$)#\1$ROOT/\2\3#g" remote/prelude.sh remote/waits.sh "$@") >"$script"
  [[ ! -e ${fakes[0]} ]] || chmod +x "${fakes[@]}"
  run --separate-stderr env -i PATH="$BIN:$REAL" TMPDIR="$ROOT/tmp" HOME="$ROOT" LOCK_FILE="$ROOT/run/lock/up" \
    "${variables[@]}" "$BASH" -s <"$script"
}

# What was called, but for the look that every bad end takes.
calls() { grep -vx 'systemctl is-system-running' "$CALLS" || :; }

# The whole list of it, with the machine's own paths.
assert_calls() { diff - <(calls | sed "s#$ROOT##g"); }

# Nothing was called that matches.
not_called() { if grep -E "$1" <(calls); then return 1; fi; }

assert_failed_with() {
  [[ $status -eq 1 ]] || { echo "exit status $status; stderr: $stderr" && return 1; }
  local part
  for part in "$@"; do
    [[ $stderr == *"$part"* ]] || { echo "not said: $part; but: $stderr" && return 1; }
  done
  # A result of a run that failed would be taken for one that did not.
  [[ -z $output ]] || { echo "it handed over a result: $output" && return 1; }
}

assert_done() {
  [[ $status -eq 0 ]] || { echo "exit status $status; stderr: $stderr" && return 1; }
  [[ $output == *[0-9]* ]] || { echo "no result; stderr: $stderr" && return 1; }
}
