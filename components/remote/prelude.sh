# shellcheck shell=bash
# Every script that runs on a machine begins with this: where its output goes, its files, and its words for people.
# What a script prints to file descriptor 3 is its result; all else is progress, shown while it runs and kept out of the result.
set -euo pipefail
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive
exec 3>&1 1>&2
umask 077
ulimit -c 0

# What others wrote steers no terminal, and comes in lines of a bounded length: the provider hangs on one of more than 64 KB.
plain() { sed 's/[[:cntrl:]]/ /g' | cut -c1-4000; }

# Says what is being done, in one line.
step() { plain <<<"${*//$'\n'/ }" >&2; }

# Who holds the lock, as the kernel tells it: fuser is not on every machine.
lock_holders() {
  local holder
  for holder in /proc/[0-9]*/fdinfo/9; do
    grep -qs "FLOCK .*:$(stat -Lc %i /dev/fd/9) 0 EOF" "$holder" || continue
    holder=${holder%/fdinfo/9}
    printf ' process %s (%s)' "${holder##*/}" "$(cat "$holder/comm" 2>/dev/null)"
  done
}

# One run at a time: what a cut left behind may still be at work, and its children hold the lock.
waited=0
exec 9>"${LOCK_FILE:-/run/snikket-up.lock}"
until flock --wait 10 9; do
  holders=$(lock_holders)
  step "Another run is still at work on this machine:${holders:= unknown}"
  if ((++waited == 90)); then
    step "ERROR: It has not ended within 15 minutes. What was at work last:$holders. On the machine, look at: ps -ef --forest"
    exit 1
  fi
done

# A run that was killed could not remove its files.
rm -rf "${TMPDIR:-/tmp}"/snikket-up.*
FILES=$(mktemp -d -t snikket-up.XXXXXX)
export FILES
trap 'rm -rf "$FILES"' EXIT

# Ends the run: what happened, what was seen, what to do.
fail() {
  step "ERROR: $1"
  shift
  printf '       %s\n' "${@//$'\n'/ }" | plain >&2
  exit 1
}

# Runs a command whose output matters only when it fails, for half an hour at most, and says every 10 s that it still runs.
# ADVICE is what to do then, where that is known.
quietly() {
  local what=$1 log started=$SECONDS next=10 status=0
  shift
  log=$(mktemp -p "$FILES")
  step "$what"
  timeout --kill-after=60 1800 "$@" >"$log" 2>&1 &
  local pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
    if ((SECONDS - started >= next)); then
      step "$what: $next s so far"
      next=$((next + 10))
    fi
  done
  wait "$pid" || status=$?
  if ((status)); then
    { tail -n 20 "$log" || :; } | cut -c1-400 | plain >&2
    ((status != 124 && (status != 137 || SECONDS - started < 1800))) || fail "$what: that did not end within 30 minutes." "The last lines of its output stand above."
    fail "$what: that failed (exit status $status)." "The last lines of its output stand above." ${ADVICE:+"$ADVICE"}
  fi
}

# Asks until a command succeeds: wait_until SECONDS "what is awaited" command...
wait_until() {
  local limit=$1 what=$2 started=$SECONDS said=0
  shift 2
  until "$@"; do
    if ((SECONDS - started >= limit)); then return 1; fi
    if ((SECONDS - started >= said + 10)); then
      said=$((SECONDS - started))
      step "waiting for $what: $said s of at most $limit s"
    fi
    sleep 1
  done
}

# Puts a staged file in place whole or not at all, and only if it differs: install_file NAME PATH MODE.
install_file() {
  if ! cmp -s "$FILES/$1" "$2"; then
    mkdir -p "${2%/*}"
    install -m "$3" "$FILES/$1" "$2.new"
    sync "$2.new"
    mv "$2.new" "$2"
    return 0
  fi
  chmod "$3" "$2"
}
