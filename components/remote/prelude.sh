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

# Ends the run: what happened, what was seen, what to do.
fail() {
  PREFIX="       " # of what may be said after it
  step "ERROR: $1"
  shift
  printf '       %s\n' "${@//$'\n'/ }" | plain >&2
  exit 1
}

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
  ((++waited < 90)) || fail "It has not ended within 15 minutes. What was at work last:$holders." "On the machine, look at: ps -ef --forest"
done

# At a bad end, what few programs say well: that the machine goes down, or where root has no room left.
at_end() {
  local status=$? full=""
  # Near its end systemd answers nobody any more.
  if ((status)) && [[ $(systemctl is-system-running 2>/dev/null) =~ ^(stopping|unknown)$ ]]; then
    step "${PREFIX-ERROR: }This machine is going down. Run pulumi up again once it is back."
  fi
  ((status == 0)) || full=$(df --output=size,used,target / /tmp /var /etc/snikket /var/lib/docker /var/lib/snikket 2>/dev/null |
    awk 'NR > 1 && $1 - $2 < 1024 {print $3}' | sort -u | paste -sd ' ') || :
  [[ -z $full ]] || step "${PREFIX-ERROR: }This machine has no room left at: $full. Make room there (df -h shows it), then run pulumi up again."
  rm -rf "${FILES-}"
}
trap at_end EXIT

# A run that was killed could not remove its files.
rm -rf "${TMPDIR:-/tmp}"/snikket-up.*
FILES=$(mktemp -d -t snikket-up.XXXXXX)
export FILES

# Puts a staged file in place whole or not at all, and only if it differs: install_file NAME PATH MODE.
install_file() {
  if [[ -L $2 ]] || ! cmp -s "$FILES/$1" "$2"; then
    mkdir -p "${2%/*}"
    install -m "$3" "$FILES/$1" "$2.new"
    sync "$2.new"
    mv "$2.new" "$2"
    return 0
  fi
  chown "$EUID" "$2"
  chmod "$3" "$2"
}
