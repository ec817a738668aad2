#!/usr/bin/env bats
load machine

setup() {
  make_machine
  fake docker 'exit 1'
  fake ss
}

# Asked with and without the end of a range.
check() { machine_run remote/ports.sh - <<<"check_ports $'tcp 80 80\ntcp 5222 5222\nudp 3478'; echo 1 >&3"; }

container=$(printf '%064d' 7)

# A process that has a port, in no container unless one is named.
taken() {
  fake ss "case \"\$*\" in *--$1*:$2) echo 'LISTEN 0 511 *:$2 *:* users:((\"x\",pid=4711,fd=6))' ;; esac"
  put /proc/4711/cgroup "0::${3:-/system.slice/nginx.service}"
  put /proc/4711/comm nginx
}

@test "free ports are asked for, each by its protocol" {
  check
  assert_done
  assert_calls <<'X'
ss -Hlnp --tcp sport = :80
ss -Hlnp --tcp sport = :5222
ss -Hlnp --udp sport = :3478
X
}

@test "a port that is taken names the process that has it" {
  taken tcp 80
  check
  assert_failed_with "Port 80/tcp is taken by nginx (process 4711)." "Stop it and keep it from starting again"
  not_called '^docker'
}

@test "a port later in the list is found too, and by its protocol" {
  taken udp 3478
  check
  assert_failed_with "Port 3478/udp is taken by nginx (process 4711)."
}

@test "Snikket's own containers may have the ports" {
  taken tcp 5222 "/docker/$container"
  for name in snikket snikket-proxy; do
    fake docker "echo ${container//7/8} traefik; echo $container $name"
    check
    assert_done
  done
}

@test "another container may not, whatever it is called" {
  taken tcp 80 "/docker/$container"
  for name in traefik snikketeer my-snikket; do
    fake docker "echo ${container//7/8} snikket; echo $container $name"
    check
    assert_failed_with "Port 80/tcp is taken by nginx (process 4711)."
  done
}

@test "a container is not accused while Docker does not answer: it may be Snikket's own" {
  taken tcp 80 "/docker/$container"
  check
  assert_done
}

@test "where there is no Docker, no container is Snikket's" {
  taken tcp 80 "/libpod/$container"
  rm "$BIN/docker"
  check
  assert_failed_with "Port 80/tcp is taken by nginx (process 4711)."
}

@test "who has ended before it was looked at has no port any more" {
  taken tcp 80
  rm -r "$ROOT/proc/4711"
  check
  assert_done
  [ "$stderr" = "" ]
}

@test "a bare machine that cannot tell is left to the next time" {
  rm "$BIN/ss"
  check
  assert_done
  [ "$stderr" = "" ]
}
