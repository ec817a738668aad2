#!/usr/bin/env bash
# The first invitation: an administrator in the circle "default", by Snikket's own bootstrap secret.
# Asks and waits as deploy.sh does. Reads: SNIKKET_DOMAIN
set -euo pipefail

SECRETS=/var/lib/snikket/secrets.conf

# The same index gives the same link again; the secret stays out of every command line and log.
bootstrap_link() {
  local secret
  secret=$(sed -n 's/^TWEAK_SNIKKET_BOOTSTRAP_SECRET=//p' "$SECRETS")
  curl --silent --max-time 10 --output /dev/null --write-out '%{http_code} %{redirect_url}' --config - <<X
url = "http://127.0.0.1:5280/invites_bootstrap?token=$secret"
header = "Host: ${SNIKKET_DOMAIN:?}"
X
}

# 200 is good; 404 says used or expired.
link_status() { ask --output /dev/null --write-out '%{http_code}' --config - <<<"url = \"$1\""; }

# Fails where Snikket does not say: a new administrator's link must never come of a doubt.
has_people() {
  local people
  people=$(docker compose exec -T snikket_server prosodyctl shell user list "$SNIKKET_DOMAIN" 2>&1) ||
    fail "Snikket does not say who its people are: ${people:0:300}" "On the machine, look at: docker logs --tail 50 snikket"
  [[ $people == *@* ]]
}

mint_again() {
  local index
  index=$(sed -n 's/^TWEAK_SNIKKET_BOOTSTRAP_INDEX=//p' "$SECRETS")
  sed "s/^TWEAK_SNIKKET_BOOTSTRAP_INDEX=.*/TWEAK_SNIKKET_BOOTSTRAP_INDEX=$((index + 1))/" "$SECRETS" >"$FILES/secrets"
  install_file secrets "$SECRETS" 600
  quietly "The first invitation has expired unused; starting Snikket for a new one" docker compose up --detach
  wait_for_health
}

# Prints the link, or nothing where it has done its work.
invitation() {
  local answer link
  for _ in 1 2; do
    answer=$(bootstrap_link)
    link=${answer#303 }
    [[ $link =~ ^https://$SNIKKET_DOMAIN/invite/[A-Za-z0-9_-]+/?$ ]] ||
      fail "Snikket gave no first invitation; it answered ${answer%% *}." "On the machine, look at: docker logs --tail 50 snikket"
    case $(link_status "$link") in
    200) printf %s "$link" && return 0 ;;
    404) if has_people; then return 0; fi ;;
    *) fail "The first invitation cannot be opened: $(link_status "$link")." "On the machine, look at: docker logs --tail 50 snikket-portal" ;;
    esac
    mint_again
  done
  fail "A new first invitation is dead as well." "On the machine, try: docker exec snikket create-invite --admin --group default"
}
