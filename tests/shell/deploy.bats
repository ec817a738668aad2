#!/usr/bin/env bats
load machine

setup() {
  make_machine
  LINEAGE=$ROOT/var/lib/snikket/data/letsencrypt
  mkdir -p "$ROOT/etc/snikket"
  put /var/lib/snikket/data/letsencrypt/live/chat.example.org/chain.pem "CHAIN"
  put /var/lib/snikket/data/letsencrypt/archive/chat.example.org/cert1.pem "CERT"
  put /var/lib/snikket/data/letsencrypt/renewal/chat.example.org.conf "server = https://ca.example.org/dir"
  put /var/lib/snikket/data/prosody/turn-auth-secret-v2 hunter2
  certificate chat groups.chat share.chat
  fake docker 'case "$*" in inspect*) echo 2001-01-01 ;; *python3*) printf credential ;; esac'
  fake curl 'echo "STATUS OK"'
  fake df 'printf "Avail\n21M\n"'
  fake ss 'printf "%s 0 1 %s *:*\\n" "tcp LISTEN" 0.0.0.0:443 "tcp LISTEN" "[::]:80" "tcp LISTEN" 0.0.0.0:80 "udp UNCONN" 0.0.0.0:3478'
}

# A certificate for these names below example.org; without any, none.
certificate() {
  [[ $# -gt 0 ]] || { fake openssl 'exit 1' && return; }
  fake openssl "[[ \$* != *startdate* ]] || { echo notBefore=\$(cat $ROOT/begins 2>/dev/null || echo 2001-01-01) && exit; }; echo 'X509v3 Subject Alternative Name:'; echo '    $(printf 'DNS:%s.example.org, ' "$@" | sed 's/, $//')'"
}

deploy() {
  machine_run SNIKKET_DOMAIN=chat.example.org ACME_DIRECTORY=https://ca.example.org/dir ACME_STAGING=0 PORTS=$'tcp 443\nudp 3478' "$@" - snikket/certificate.sh snikket/compose.sh snikket/deploy.sh <<'X'
sleep() { SECONDS=$((SECONDS + 10)); }
invitation() { printf https://chat.example.org/invite/abc/; }
seal() { printf 'sealed '; cat; }
X
}

@test "starts everything, and reports what the verification needs" {
  deploy
  assert_done
  [[ $output =~ ^sealed\ \{\"invitation\":\"https://chat.example.org/invite/abc/\",\"turn\":\{\"username\":\"[0-9]+\",\"credential\":\"credential\"\},\"listening\":\[\"tcp/443\",\"tcp/80\",\"udp/3478\"\],\"chain\":null\}$ ]]
  grep -x 'docker compose up --detach --remove-orphans' "$CALLS"
  not_called cron.daily
}

@test "removes first what an interruption left half made, and nothing else" {
  fake docker 'case "$*" in ps*project=snikket*) printf "%s\n" 0123456789ab_snikket snikket-proxy ba9876543210_snikket-portal ;; inspect*) echo 2001-01-01 ;; *python3*) printf credential ;; esac'
  deploy
  assert_done
  [ "$(grep -E 'docker (rm|compose up)' "$CALLS")" = 'docker rm --force 0123456789ab_snikket
docker rm --force ba9876543210_snikket-portal
docker compose up --detach --remove-orphans' ]
}

@test "waits for what starts late, such as the relay of calls" {
  fake ss "echo 'tcp LISTEN 0 1 *:443 *:*'; [[ -e $ROOT/late ]] && echo 'udp UNCONN 0 1 *:3478 *:*'; touch $ROOT/late"
  deploy
  assert_done
  [[ $output == *'"listening":["tcp/443","udp/3478"]'* ]]
}

@test "leaves it to the verification to say what a port without a listener means" {
  deploy PORTS=$'tcp 443\nudp 3479'
  assert_done
  [[ $stderr == *"Nothing listens on udp/3479 after 60 s"* ]]
}

@test "hands over the chain of an authority that nobody trusts" {
  deploy ACME_STAGING=1
  assert_done
  [[ $output == *'"chain":"CHAIN\n"}' ]]
}

@test "keeps the relay's secret out of arguments and output" {
  deploy
  not_called hunter2
  [[ $output$stderr != *hunter2* ]]
}

@test "keeps a certificate of the same authority where it is" {
  deploy
  [ -e "$LINEAGE/renewal/chat.example.org.conf" ]
}

@test "moves the certificate of another authority aside before anything starts, and loses none" {
  put /var/lib/snikket/data/letsencrypt/renewal/chat.example.org.conf "server = https://other.example.org/dir"
  deploy
  [ ! -e "$LINEAGE/live/chat.example.org" ]
  [ ! -e "$LINEAGE/archive/chat.example.org" ]
  [ ! -e "$LINEAGE/renewal/chat.example.org.conf" ]
  [ "$(cat "$LINEAGE"/replaced-*/archive/cert1.pem)" = CERT ]
  [ "$(cat "$LINEAGE"/replaced-*/renewal)" = "server = https://other.example.org/dir" ]
}

@test "goes on moving it where the last run was cut off" {
  put /var/lib/snikket/data/letsencrypt/renewal/chat.example.org.conf "server = https://other.example.org/dir"
  fake mv "[[ \$* != *archive* ]] && $REAL/mv \"\$@\""
  deploy
  [ "$status" -eq 1 ]
  rm "$BIN/mv"
  deploy
  [ ! -e "$LINEAGE/archive/chat.example.org" ]
  [ ! -e "$LINEAGE/renewal/chat.example.org.conf" ]
  [ "$(cat "$LINEAGE"/replaced-*/archive/cert1.pem)" = CERT ]
}

@test "asks again for a certificate that lacks a name, once, and then says what to do" {
  certificate chat groups.chat
  fake docker 'case "$*" in inspect*) echo 2001-01-01 ;; *errors.log*) echo "urn:ietf:params:acme:error:dns" ;; esac'
  deploy
  assert_failed_with "urn:ietf:params:acme:error:dns" \
    "No certificate for chat.example.org, groups.chat.example.org and share.chat.example.org came from https://ca.example.org/dir." \
    "run pulumi up again"
  [ "$(grep -c cron.daily "$CALLS")" -eq 1 ]
}

@test "does not wait for services that cannot trust a certificate from the future: the clock is behind" {
  date -u -d 'now + 1 hour' >"$ROOT/begins"
  deploy
  assert_failed_with "This machine's clock is behind: it shows" "and its certificate begins on $(cat "$ROOT/begins")" "timedatectl set-ntp true"
  not_called _health
}

@test "is not done where people's messages have no room" {
  fake df 'printf "Avail\n20M\n"'
  deploy
  assert_failed_with "Snikket answers, but cannot keep what people write: 20 MB are free at $ROOT/var/lib/snikket." "df -h" "run pulumi up again"
  grep -x "df --output=avail -BM $ROOT/var/lib/snikket/data" "$CALLS"
}

@test "does not take a name for another that begins like it" {
  fake openssl 'echo "DNS:chat.example.org.evil.example, DNS:groups.chat.example.org, DNS:share.chat.example.org"'
  deploy
  assert_failed_with "No certificate for chat.example.org"
}

@test "a health check must contain STATUS OK; a page alone is not enough" {
  fake curl 'echo "<html>200 OK</html>"'
  deploy
  assert_failed_with "https://chat.example.org/_health/portal says: <html>200 OK</html>" "docker logs --tail 50 snikket"
}

# snikket_is STATE: with another restart each time somebody looks.
snikket_is() {
  fake curl 'echo "<html>502 Bad Gateway</html>"'
  fake docker "case \"\$*\" in
    *StartedAt*) echo 2001-01-01 ;;
    *--quiet*) echo one ;;
    *RestartCount*) echo x >>$ROOT/restarts; echo /snikket \$(wc -l <$ROOT/restarts) $1 ;;
    logs*) echo 'Please provide SNIKKET_DOMAIN' ;;
    esac"
}

@test "a container that ends again and again is named, with its last words" {
  snikket_is restarting
  deploy
  assert_failed_with "The container snikket ends again and again; it says: Please provide SNIKKET_DOMAIN" "pulumi up again"
  [[ $stderr != *"of at most 120 s"*"of at most 120 s"*"of at most 120 s"*"of at most 120 s"* ]]
}

@test "a container that did so before, and runs now, is not" {
  snikket_is running
  deploy
  assert_failed_with "_health/portal says: <html>502 Bad Gateway</html>"
}

@test "asks for portal and server" {
  deploy
  grep -q '_health/portal' "$CALLS"
  grep -q '_health/xmpp' "$CALLS"
}
