#!/bin/sh
# examples/slurm.sh under a Slurm of one node, which the test starts by itself on
# loopback addresses and ends again: daemons, keys and state are in its folder.
. "$(dirname "$0")/lib.sh"
for program in slurmctld slurmd munged sbatch squeue; do
    command -v $program >/dev/null || skip_all "no slurm-wlm: no $program"
done
[ "$(id -u)" = 0 ] || skip_all "not root: slurmd runs jobs as their users"
command -v python3 >/dev/null || skip_all "no python3"
pids=
stop_slurm() {
    # The node first: it says good-bye to the controller.
    for pid in $pids; do
        kill "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    pids=
}
trap 'stop_slurm; rm -rf "$tmp"' EXIT

chmod 711 "$tmp"
mkdir "$tmp/state" "$tmp/spool" "$tmp/jobs"
head -c 1024 /dev/urandom >"$tmp/munge.key"
chmod 600 "$tmp/munge.key"
SLURM_CONF=$tmp/slurm.conf
export SLURM_CONF

# start COMMAND...: a daemon in the foreground of its own process
start() {
    "$@" >>"$tmp/daemons.log" 2>&1 </dev/null &
    pids="$! $pids"
}
configure() { # PORT
    cat >"$SLURM_CONF" <<END
ClusterName=seqeval
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort=$1
SlurmdPort=$(($1 + 1))
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$tmp/munge.sock
ProctrackType=proctrack/linuxproc
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,batch_sched_delay=0
ReturnToService=2
StateSaveLocation=$tmp/state
SlurmdSpoolDir=$tmp/spool
SlurmctldPidFile=$tmp/slurmctld.pid
SlurmdPidFile=$tmp/slurmd.pid
SlurmctldLogFile=$tmp/slurmctld.log
SlurmdLogFile=$tmp/slurmd.log
NodeName=localhost NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
END
}
# soon COMMAND...: until it succeeds, for 20 seconds
soon() {
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || return 1
        sleep 0.1
    done
}
idle() { [ "$(sinfo -h -o %T)" = idle ]; }
ended() { [ -z "$(squeue -h -t all -j "$1" -o %T 2>&1 |
    grep -E 'PENDING|RUNNING|COMPLETING')" ]; }

# Two free ports; another process may take one meanwhile, so it is tried again.
up=no
for port in $((20011 + $$ % 4000 * 2)) $((28011 + $$ % 2000 * 2)); do
    configure $port
    start munged --foreground --socket "$tmp/munge.sock" \
        --key-file "$tmp/munge.key" --seed-file "$tmp/munge.seed" \
        --pid-file "$tmp/munged.pid" --log-file "$tmp/munged.log"
    soon test -S "$tmp/munge.sock"
    start slurmctld -D
    start slurmd -D -N localhost
    if soon idle; then up=yes && break; fi
    stop_slurm
done
cat "$tmp"/daemons.log "$tmp"/slurmctld.log "$tmp"/slurmd.log >"$err" 2>/dev/null
[ $up = yes ] || [ -n "${CI:-}" ] ||
    skip_all "Slurm does not start here: $(grep -Ei 'error|fatal' "$err" | tail -n 1)"
is "a Slurm of one node is up" "$up" yes
[ $up = yes ] || finish
listening() { # what listens at the port on another address than loopback
    python3 - "$1" <<'PY'
import socket, sys
own = [a[4][0] for a in socket.getaddrinfo(socket.gethostname(), None)]
for a in own:
    if not a.startswith("127.") and ":" not in a:
        s = socket.socket()
        s.settimeout(1)
        if s.connect_ex((a, int(sys.argv[1]))) == 0:
            print(a)
PY
}
is "on loopback alone" "$(listening $port; listening $((port + 1)))" ""

suite=chain:steps=1-4,n=40
"$BUILD/scripted_model" --suite-params steps=1-4,n=40 --error-rate 0.2 --seed 1 \
    --carry >"$tmp/model.jsonl"
"$seqeval" run -q --suite $suite --model "replay:$tmp/model.jsonl" \
    --db "$tmp/one.db" >/dev/null
rows() {
    sqlite3 "$1" "select model, suite, slice, metric, value, stderr, lo, hi, n
        from leaderboard order by 1, 2, 3, 4;
        select sample_id, epoch, state from samples order by 1, 2"
}
rows "$tmp/one.db" >"$tmp/one.txt"

# submit: the id of the last job, which merges, is the last line
submit() {
    cd "$tmp/jobs" || exit 1
    OUT=$tmp/shards SEQEVAL=$seqeval PARTS=4 run sh "$root/examples/slurm.sh" \
        submit --model "replay:$tmp/model.jsonl" --suite $suite --tag slurm
    cd "$root" || exit 1
    job=$(tail -n 1 "$out")
    soon ended "$job"
    # what the jobs said, should a test fail
    cat "$tmp"/jobs/*.out >"$err" 2>/dev/null
}
submit
is "the example is taken" "$status" 0
is "the array has made a database for each shard" \
    "$(cd "$tmp/shards" && echo part-*.db)" \
    "part-1.db part-2.db part-3.db part-4.db"
is "merged they are complete" \
    "$(sqlite3 "$tmp/shards/all.db" "select status from runs")" complete
rows "$tmp/shards/all.db" >"$tmp/all.txt"
ok "and show what one run shows" cmp "$tmp/one.txt" "$tmp/all.txt"
like "the last job prints the leaderboard" "$tmp/jobs/slurm-$job.out" \
    'chain.* full_rate'

# One shard was lost: the same command again makes it and nothing else.
rm -f "$tmp/shards/part-3.db"*
rm -f "$tmp/shards/all.db"*
rm -f "$tmp"/jobs/*.out
submit
rows "$tmp/shards/all.db" >"$tmp/all.txt"
ok "submitted again it makes what is missing" cmp "$tmp/one.txt" "$tmp/all.txt"
is "and asks for nothing else" "$(cat "$tmp"/jobs/*.out |
    sed -n 's/.*planned, \([0-9]*\) asked.*/\1/p' | grep -vc '^0$')" 1

left=$pids
stop_slurm
for pid in $left; do
    ok "no daemon is left" test ! -e "/proc/$pid/exe"
done
finish
