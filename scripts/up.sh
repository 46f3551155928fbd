#!/bin/bash
# Starts Atelier and runs the digits example on it; the server goes on until Ctrl-C, or stops with ONCE=1.
# LISTEN (127.0.0.1:8080), ATELIER_DATA (var/data), FLAVOR (modelarts.vm.cpu.1u)
set -euo pipefail
source "$(dirname "$0")/common.sh"

listen=${LISTEN:-127.0.0.1:8080}
flavor=${FLAVOR:-modelarts.vm.cpu.1u}
data=$(realpath -m "${ATELIER_DATA:-var/data}")
log=$data/server.log
server=
result=0

# Stops the server and waits until it has put everything down; running jobs go on without it.
stop() {
    [ -n "$server" ] || return 0
    local pid=$server
    server=
    kill -TERM "$pid" 2>/dev/null || return 0
    wait "$pid" 2>/dev/null || true
    say "the server has stopped; its data stay in $data"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

check_port() {
    local port=${listen##*:} holder pid
    case $port in '' | *[!0-9]*) die "LISTEN=$listen is no address and port" "Write it as 127.0.0.1:8081." ;; esac
    holder=$(/usr/bin/python3 scripts/port-holder.py "$port")
    [ -n "$holder" ] || return 0
    pid=${holder%% *}
    if [ "$pid" != 0 ] && tr '\0' '\n' <"/proc/$pid/cmdline" 2>/dev/null | grep -qxF -- "$data"; then
        die "the server of this data folder runs already: process $pid, http://$listen" \
            "Use it, or stop it with: kill $pid"
    fi
    [ "$pid" != 0 ] || holder="of another user"
    die "port $port is taken by process ${holder:0:100}" "Stop it, or take another port: make up LISTEN=127.0.0.1:$((port + 1))"
}

start() {
    mkdir -p "$data"
    chmod 700 "$data"
    rm -f "$data/endpoint"
    # A session of its own: Ctrl-C comes to this script, which stops the server.
    setsid "$atelier" up --data "$data" --listen "$listen" --runtimes "$ROOT/Runtimes" \
        --environments "$ROOT/var/runtimes" --price-books "$ROOT/PriceBooks" </dev/null >>"$log" 2>&1 &
    server=$!
    local tries
    for ((tries = 0; tries < 300; tries++)); do
        if [ -s "$data/endpoint" ] && curl -fs -o /dev/null "$(cat "$data/endpoint")/healthz"; then return 0; fi
        if ! kill -0 "$server" 2>/dev/null; then break; fi
        sleep 0.1
    done
    tail -n 5 "$log" >&2
    die "the server did not start; the last lines of $log stand above"
}

# Uploads the example, runs it, and tells what came of it; leaves 1 in `result` if the job failed.
example() {
    local name id accuracy
    name=digits-$(date -u +%Y%m%d-%H%M%S)
    # The key makes it count once, however often this runs.
    "$atelier" account top-up 100 --idempotency-key make-up >/dev/null
    "$atelier" ls obs://digits/ >/dev/null 2>&1 || "$atelier" bucket create digits >/dev/null
    "$atelier" cp -r Examples/digits/ obs://digits/code/ >/dev/null
    id=$("$atelier" job create --name "$name" --engine scikit-learn --flavor "$flavor" \
        --code obs://digits/code/ --boot train.py --output-to "model=obs://digits/output/$name/" --log obs://digits/logs/)
    say "training job $name ($id)"
    "$atelier" job follow "$id" || result=1
    accuracy=$("$atelier" job log "$id" | awk '/^accuracy / { last = $2 } END { print last }')
    say ""
    "$atelier" job summary "$id"
    printf '%-11s %s\n' accuracy "${accuracy:-none in the log}" model "obs://digits/output/$name/"
}

scripts/install.sh
atelier=$(scripts/build.sh)
for runtime in python scikit-learn jupyterlab inference; do scripts/runtime.sh "$runtime"; done
check_port
start
export ATELIER_DATA=$data
say "the server runs at $(cat "$data/endpoint"); its log is $log"
example
if [ "${ONCE:-0}" = 1 ]; then exit "$result"; fi
say ""
say "The command line is $atelier; it finds the server with ATELIER_DATA=$data. Ctrl-C stops the server."
trap 'exit "$result"' INT TERM
wait "$server" || true
server=
tail -n 5 "$log" >&2
die "the server has ended by itself; the last lines of $log stand above"
