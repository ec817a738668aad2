#!/usr/bin/env bash
# What apt needs on a machine where other programs use it as well.
set -euo pipefail

# apt's own lock timeout does not hold for the package lists, which a fresh machine reads by itself.
lists_are_read() {
  timeout 600 apt-get update -q >"$FILES/update" 2>&1 || true # a broken repository is shown below, and need not be ours
  [[ $(<"$FILES/update") != *"Could not get lock"* ]]
}

read_lists() {
  step "Reading the package lists"
  wait_until 1200 "another program to be done with apt" lists_are_read ||
    fail "Another program has kept apt busy for 20 minutes." "apt says: $(grep -m 1 "Could not get lock" "$FILES/update")" \
      "On the machine, look at: ps -ef | grep -e apt -e dpkg"
  awk '/^[WE]:/ {print substr($0, 1, 300)}' "$FILES/update" | plain >&2
}

# Of a package that was removed dpkg still knows its settings: are_installed PACKAGE...
are_installed() { (($(dpkg -s "$@" 2>/dev/null | grep -c '^Status: .* ok installed$') == $#)); }

# install_packages "what is done" PACKAGE...
install_packages() {
  local what=$1
  shift
  ADVICE="Mend what the lines with E: and W: tell of, such as no way to a repository, then run pulumi up again." \
    quietly "$what" apt-get install -qy --no-install-recommends "$@"
}

# After a power cut dpkg refuses everything until this is done.
finish_interrupted() {
  [[ -z $(dpkg --audit) ]] || quietly "Finishing an interrupted installation" dpkg --configure -a
}
