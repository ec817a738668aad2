#!/usr/bin/env bash
# What apt needs on a machine where other programs use it as well.
set -euo pipefail

# apt's own lock timeout does not hold for the package lists, which a fresh machine reads by itself. And it waits four
# minutes for each of them where a mirror is silent; what is set in /etc/apt counts for more than this.
lists_are_read() {
  printf 'Acquire::%s "%s";\n' Retries 1 http::Timeout 15 https::Timeout 15 >"$FILES/apt.conf"
  APT_CONFIG=$FILES/apt.conf watched 600 "Reading the package lists" "$FILES/update" apt-get update -q || true # a broken repository is shown below, and need not be ours
  ! SAW=$(grep -m 1 "Could not get lock" "$FILES/update")
}

wait_for_others() {
  local SAW
  wait_until 1200 "another program to be done with apt" "$1" ||
    fail "Another program has kept apt busy for 20 minutes." "Seen last: $SAW" "On the machine, look at: ps -ef | grep -e apt -e dpkg"
}

read_lists() {
  step "Reading the package lists"
  wait_for_others lists_are_read
  awk '/^[WE]:/ {print substr($0, 1, 300)}' "$FILES/update" | plain >&2
}

# Of a package that was removed dpkg still knows its settings: are_installed PACKAGE...
are_installed() { (($(dpkg -s "$@" 2>/dev/null | grep -c '^Status: .* ok installed$') == $#)); }

# install_packages "what is done" PACKAGE...
install_packages() {
  local what=$1
  shift
  ADVICE="Mend what the lines with E: and W: tell of, such as no way to a repository or another program at work, then run pulumi up again." \
    quietly "$what" apt-get install -qy --no-install-recommends "$@"
}

# dpkg itself waits for nobody.
nobody_installs() {
  local pid
  pid=$(awk -v inode=":$(stat -c %i /var/lib/dpkg/lock-frontend)$" '$2 == "POSIX" && $6 ~ inode {print $5; exit}' /proc/locks)
  [[ -z $pid ]] || SAW="process $pid ($(cat "/proc/$pid/comm" 2>/dev/null)) installs or removes packages"
  [[ -z $pid ]]
}

# After a power cut dpkg refuses everything until this is done. What another program is just installing looks the same.
finish_interrupted() {
  [[ -n $(dpkg --audit) ]] || return 0
  wait_for_others nobody_installs
  quietly "Finishing an interrupted installation" dpkg --configure -a
}
