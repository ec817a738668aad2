# shellcheck shell=bash
# What takes long, with its bound, and a word every ten seconds; it stands behind the prelude in every script.

# watched SECONDS "what is done" LOG command...: for so long at most; says every 10 s that it still runs, and what it said last.
watched() {
  local limit=$1 what=$2 log=$3 started=$SECONDS next=10
  timeout --kill-after=60 "$limit" "${@:4}" >"$log" 2>&1 &
  local pid=$!
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.1
    if ((SECONDS - started >= next)); then
      step "$what: $next s of at most $limit s$(tail -n 1 "$log" | cut -c1-200 | sed 's/^/; it says: /')"
      next=$((next + 10))
    fi
  done
  wait "$pid"
}

# Runs a command whose output matters only when it fails. ADVICE is what to do then, where that is known.
quietly() {
  local what=$1 log started=$SECONDS status why
  log=$(mktemp -p "$FILES")
  step "$what"
  watched 1800 "$what" "$log" "${@:2}" && return 0
  status=$?
  why="that failed (exit status $status)"
  ((status != 124 && (status != 137 || SECONDS - started < 1800))) || why="that did not end within 30 minutes"
  { tail -n 20 "$log" | grep -a . || echo "(It said nothing.)"; } | cut -c1-400 | plain >&2
  fail "$what: $why." "The last lines of its output stand above." ${ADVICE:+"$ADVICE"}
}

# Asks until a command succeeds: wait_until SECONDS "what is awaited" command... What that notes in SAW is said as well.
wait_until() {
  local limit=$1 what=$2 started=$SECONDS said=0
  until "${@:3}"; do
    if ((SECONDS - started >= limit)); then return 1; fi
    if ((SECONDS - started >= said + 10)); then
      said=$((SECONDS - started))
      step "waiting for $what: $said s of at most $limit s${SAW:+; $SAW}"
    fi
    sleep 1
  done
}
